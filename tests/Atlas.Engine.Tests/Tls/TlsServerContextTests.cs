using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Atlas.Engine.Tls;

namespace Atlas.Engine.Tests.Tls;

/// <summary>What contexts are built from, and which certificate a client gets.</summary>
public sealed class TlsServerContextTests
{
    [Theory]
    [InlineData("localhost", "localhost")]
    [InlineData("any.wild.test", "localhost")]
    [InlineData("second.test", "second")]
    [InlineData("unknown.test", "localhost")]
    public void Accept_SeveralCertificates_TheNameChooses(string name, string subject)
    {
        using X509Certificate2 second = TestCertificates.Issue(TestCertificates.Authority, "second", ["second.test"]);
        using TlsServerContext context = Context(TestCertificates.ForOptions(TestCertificates.Server), TestCertificates.ForOptions(second));
        foreach (SslProtocols version in (SslProtocols[])[SslProtocols.Tls12, SslProtocols.Tls13])
        {
            SubjectShown(context, TlsAcceptTests.ClientOptions(name, version)).ShouldBe($"CN={subject}");
        }
    }

    [Fact]
    public void Accept_NamesAreGiven_CountInPlaceOfThoseInTheCertificate()
    {
        using X509Certificate2 second = TestCertificates.Issue(TestCertificates.Authority, "second", ["second.test"]);
        using TlsServerContext context = Context(
            TestCertificates.ForOptions(TestCertificates.Server), TestCertificates.ForOptions(second, null, "given.test"));
        SubjectShown(context, TlsAcceptTests.ClientOptions("given.test", SslProtocols.Tls13)).ShouldBe("CN=second");
        SubjectShown(context, TlsAcceptTests.ClientOptions("second.test", SslProtocols.Tls13)).ShouldBe("CN=localhost");
    }

    [Theory]
    [InlineData(TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, "RSA")]
    [InlineData(TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, "ECC")]
    public void Accept_RsaAndEcdsaForOneName_TheClientGetsWhatItCanUse(TlsCipherSuite suite, string kind)
    {
        using TlsServerContext context = Context(
            TestCertificates.ForOptions(TestCertificates.RsaServer), TestCertificates.ForOptions(TestCertificates.Server));
        SslClientAuthenticationOptions options = TlsAcceptTests.ClientOptions("localhost", SslProtocols.Tls12);
#pragma warning disable CA1416 // The tests run on Linux.
        options.CipherSuitesPolicy = new CipherSuitesPolicy([suite]);
#pragma warning restore CA1416
        Shown(context, options).PublicKey.Oid.FriendlyName.ShouldBe(kind);
    }

    [Theory]
    [InlineData("unknown.test", TlsFailure.NoCertificateForName)]
    [InlineData("", TlsFailure.NoCertificateForName)]
    [InlineData("no host", TlsFailure.NoCertificateForName)]
    [InlineData("localhost", TlsFailure.None)]
    [InlineData("a.wild.test", TlsFailure.None)]
    public void Accept_StrictSni_RefusesUnknownNames(string name, TlsFailure failure)
    {
        using var server = new TlsServerContext(new TlsServerOptions
        {
            Certificates = [TestCertificates.ForOptions(TestCertificates.Server)],
            IsSniStrict = true,
        });
        using TlsClientContext client = TlsHandshakeTests.Client();
        TlsWorlds.Run(TlsWorlds.Calm, async (near, far) =>
        {
            (TlsHandshake up, TlsHandshake down) = await TlsPair.HandshakeAsync(near, far, client, server, name: name.Length == 0 ? null : name);
            down.Failure.ShouldBe(failure, down.Text);
            if (failure != TlsFailure.None)
            {
                down.Text.ShouldBe(name.Length == 0
                    ? "the client asks for no name, and gets no certificate without"
                    : name == "no host" ? "what the client asks for is no host name, and there is no certificate for it"
                    : $"no certificate for the name \"{name}\"");
                up.Failure.ShouldBe(TlsFailure.PeerRefused);
                up.Text.ShouldContain("unrecognized name");
            }

            up.Stream?.Close();
            down.Stream?.Close();
        });
    }

    [Fact]
    public void Build_WhatCannotBeUsed_SaysWhichAndWhatToDo()
    {
        TlsCertificate good = TestCertificates.ForOptions(TestCertificates.Server);
        byte[] otherKey = TestCertificates.KeyPem(TestCertificates.Authority);
        using var weak = RSA.Create(1024);
        using X509Certificate2 weakCertificate = new CertificateRequest("CN=weak", weak, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        using var encrypted = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        byte[] encryptedKey = Encoding.ASCII.GetBytes(encrypted.ExportEncryptedPkcs8PrivateKeyPem(
            "secret", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000)));

        Fails([], "TLS needs a certificate: give at least one");
        Fails([With("nothing"u8.ToArray(), good.KeyPem)], "certificate site.pem: it has no certificate in PEM (-----BEGIN CERTIFICATE-----)");
        Fails([With(good.ChainPem, "nothing"u8.ToArray())], "certificate site.pem: its key cannot be read as a private key in PEM");
        Fails([With(good.ChainPem, encryptedKey)], "certificate site.pem: its key is encrypted: decrypt it (openssl pkey -in KEY -out PLAIN)");
        Fails([With(good.ChainPem, otherKey)], "certificate site.pem: it and its key cannot be used together: private key mismatch");
        Fails([TestCertificates.ForOptions(weakCertificate)], "ee key too small");
        Fails([With([.. Enumerable.Repeat(good.ChainPem, 17).SelectMany(pem => pem)], good.KeyPem)], "it has 17 certificates");
        using (Context(With([.. Enumerable.Repeat(good.ChainPem, 16).SelectMany(pem => pem)], good.KeyPem)))
        {
            // As many as there may be.
        }

        Fails(new TlsServerOptions { Certificates = [good], Ciphers = "NONE" }, "the ciphers of TLS 1.2 \"NONE\" are not usable: no cipher match");
        Fails(new TlsServerOptions { Certificates = [good], CipherSuites = "NONE" }, "the cipher suites of TLS 1.3 \"NONE\" are not usable");
        Fails(new TlsServerOptions { Certificates = [good], Groups = "NONE" }, "the groups \"NONE\" are not usable");
        Fails(new TlsServerOptions { Certificates = [good], ClientCaPem = "no"u8.ToArray() }, "the authorities of client certificates: no certificate in PEM");
        Fails(new TlsServerOptions { Certificates = [good], Alpn = [""] }, "the ALPN name \"\" has 0 bytes: give it 1 to 255");
        Fails(new TlsServerOptions { Certificates = [good], Alpn = [new string('a', 256)] }, "has 256 bytes: give it 1 to 255");
        Fails(new TlsServerOptions { Certificates = [good], Tickets = TlsServerOptions.MaxTickets + 1 }, "the number of tickets is 9: give 0 to 8");
        Fails(
            new TlsServerOptions { Certificates = [good], SessionSeconds = TlsServerOptions.MaxSessionSeconds + 1 },
            "the life of sessions in seconds is 604801: give 1 to 604800");
    }

    [Fact]
    public void Build_TheClientsSide_SaysWhatCannotBeUsed()
    {
        Should.Throw<TlsException>(() => new TlsClientContext(new TlsClientOptions { CaPem = "no"u8.ToArray() }))
            .Message.ShouldStartWith("the authorities of servers' certificates: no certificate in PEM");
        Should.Throw<TlsException>(() => new TlsClientContext(new TlsClientOptions { MinVersion = TlsVersion.Tls13, MaxVersion = TlsVersion.Tls12 }))
            .Message.ShouldBe("the oldest version of TLS is 1.3 and the newest 1.2: no version is left");
        using var system = new TlsClientContext(new TlsClientOptions());
        system.IsVerified.ShouldBeTrue();
    }

    [Fact]
    public void Library_IsThere_TellsItsVersion()
    {
        TlsLibrary.TryLoad(out string problem).ShouldBeTrue(problem);
        TlsLibrary.VersionText.ShouldStartWith("OpenSSL 3.");
    }

    private static TlsServerContext Context(params TlsCertificate[] certificates) => new(new TlsServerOptions { Certificates = certificates });

    private static TlsCertificate With(byte[] chain, byte[] key) => new() { Label = "site.pem", ChainPem = chain, KeyPem = key };

    private static void Fails(TlsCertificate[] certificates, string text) => Fails(new TlsServerOptions { Certificates = certificates }, text);

    private static void Fails(TlsServerOptions options, string text) =>
        Should.Throw<TlsException>(() => new TlsServerContext(options)).Message.ShouldContain(text);

    private static string SubjectShown(TlsServerContext context, SslClientAuthenticationOptions options) => Shown(context, options).Subject;

    private static X509Certificate2 Shown(TlsServerContext context, SslClientAuthenticationOptions options)
    {
        X509Certificate2? shown = null;
        TlsAcceptTests.Check(
            context,
            async client =>
            {
                await client.AuthenticateAsClientAsync(options);
                shown = new X509Certificate2(client.RemoteCertificate!);
            },
            handshake =>
            {
                handshake.Stream.ShouldNotBeNull(handshake.Text).Close();
                return default;
            });
        return shown.ShouldNotBeNull();
    }
}
