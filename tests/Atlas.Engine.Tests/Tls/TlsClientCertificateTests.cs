using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Atlas.Engine.Flows;
using Atlas.Engine.Interop;
using Atlas.Engine.Tests.Streams;
using Atlas.Engine.Tls;

namespace Atlas.Engine.Tests.Tls;

/// <summary>Clients that show certificates.</summary>
public sealed class TlsClientCertificateTests
{
    private static readonly X509Certificate2 Certificate =
        TestCertificates.Issue(TestCertificates.Authority, "client, \"one\"", [], isForClients: true);

    [Theory]
    [InlineData(TlsVersion.Tls12)]
    [InlineData(TlsVersion.Tls13)]
    public void Accept_TheClientHasACertificate_ItsFactsAreThereAlsoWhenResumed(TlsVersion version)
    {
        using TlsServerContext server = Server(isRequired: true);
        using TlsClientContext client = Client(Certificate, version);
        using var sessions = new TlsClientSessions(client);
        foreach (bool isResumed in (bool[])[false, true])
        {
            TlsWorlds.Run(TlsWorlds.Calm, async (near, far) =>
            {
                (TlsStream up, TlsStream down) = await TlsPair.ConnectAsync(near, far, client, server, sessions);
                down.IsResumed.ShouldBe(isResumed);
                (await down.SendAllAsync([1])).ShouldBe(1);
                await up.ReceiveAsync(1);
                up.Close();
                down.Close();

                // The facts outlive the connection, for logs.
                TlsPeerCertificate shown = down.ClientCertificate.ShouldNotBeNull();
                shown.Subject.ShouldBe("CN=client\\, \\\"one\\\"");
                shown.Fingerprint.ShouldBe(Convert.ToHexStringLower(SHA256.HashData(Certificate.RawData)));
                shown.Pem.ShouldBe(Certificate.ExportCertificatePem());
                shown.Pem.ShouldBeSameAs(shown.Pem);
            });
        }
    }

    [Theory]
    [InlineData(TlsVersion.Tls12)]
    [InlineData(TlsVersion.Tls13)]
    public void Accept_TheClientHasNone_IsRefusedWhereOneIsRequired(TlsVersion version)
    {
        using TlsServerContext server = Server(isRequired: true);
        using TlsClientContext client = TlsHandshakeTests.Client(version: version);
        TlsWorlds.Run(TlsWorlds.Calm, async (near, far) =>
        {
            (TlsHandshake up, TlsHandshake down) = await TlsPair.HandshakeAsync(near, far, client, server);
            down.Failure.ShouldBe(TlsFailure.ClientCertificateMissing);
            down.RefusedCertificate.ShouldBeNull();
            await RefusedAsync(up, "certificate required", "handshake failure");
        });
    }

    [Fact]
    public void Accept_TheClientHasNone_IsAcceptedWhereNoneIsRequired()
    {
        using TlsServerContext server = Server(isRequired: false);
        using TlsClientContext client = TlsHandshakeTests.Client();
        TlsWorlds.Run(TlsWorlds.Calm, async (near, far) =>
        {
            (TlsStream up, TlsStream down) = await TlsPair.ConnectAsync(near, far, client, server);
            down.ClientCertificate.ShouldBeNull();
            up.Close();
            down.Close();
        });
    }

    [Theory]
    [InlineData("authority", "unable to get local issuer certificate")]
    [InlineData("expired", "certificate has expired")]
    [InlineData("purpose", "unsuitable certificate purpose")]
    public void Accept_TheCertificateIsNotAccepted_SaysWhyEvenWhereNoneIsRequired(string what, string text)
    {
        using X509Certificate2 wrong = what switch
        {
            "authority" => TestCertificates.Issue(TestCertificates.OtherAuthority, "client", [], isForClients: true),
            "expired" => TestCertificates.Issue(TestCertificates.Authority, "client", [], isExpired: true, isForClients: true),
            _ => TestCertificates.Issue(TestCertificates.Authority, "client", ["client.test"]),
        };
        using TlsServerContext server = Server(isRequired: false);
        using TlsClientContext client = Client(wrong);
        TlsWorlds.Run(TlsWorlds.Calm, async (near, far) =>
        {
            (TlsHandshake up, TlsHandshake down) = await TlsPair.HandshakeAsync(near, far, client, server);
            down.Failure.ShouldBe(TlsFailure.ClientCertificateInvalid);
            down.Text.ShouldBe(text);
            TlsRefusedCertificate refused = down.RefusedCertificate.ShouldNotBeNull();
            refused.Subject.ShouldBe("CN=client");
            refused.IsOfIssuer.ShouldBeFalse();
            refused.Fingerprint.ShouldBe(Convert.ToHexStringLower(SHA256.HashData(wrong.RawData)));
            await RefusedAsync(up, "unknown ca", "certificate expired", "bad certificate", "unsupported certificate");
        });
    }

    [Fact]
    public void Accept_TheAuthorityHasExpired_SaysThatItIsTheIssuerAtFault()
    {
        using X509Certificate2 authority = TestCertificates.MakeAuthority("Gone", isExpired: true);
        using X509Certificate2 own = TestCertificates.Issue(authority, "alice", [], isForClients: true);
        using TlsServerContext server = Server(isRequired: true, TestCertificates.Pem(authority));
        using TlsClientContext client = Client(own);
        TlsWorlds.Run(TlsWorlds.Calm, async (near, far) =>
        {
            (TlsHandshake up, TlsHandshake down) = await TlsPair.HandshakeAsync(near, far, client, server);
            down.Text.ShouldBe("certificate has expired (an issuer's)");
            TlsRefusedCertificate refused = down.RefusedCertificate.ShouldNotBeNull();
            (refused.Subject, refused.IsOfIssuer, refused.IssuerSubject).ShouldBe(("CN=alice", true, "CN=Gone"));
            await RefusedAsync(up, "certificate expired");
        });
    }

    [Theory]
    [InlineData("CN=a \"b\"\n", "CN=a \\\"b\\\"\\0A")]
    [InlineData("", "")]
    public void RefusedSubject_WithSigns_CannotEndItsQuotation(string name, string expected)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var builder = new X500DistinguishedNameBuilder();
        if (name.Length > 0)
        {
            builder.AddCommonName(name[3..]);
        }

        var request = new CertificateRequest(builder.Build(), key, HashAlgorithmName.SHA256);
        using X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddDays(1));

        new TlsRefusedCertificate(certificate.RawData, null).Subject.ShouldBe(expected);
    }

    [Fact]
    public void RefusedSubject_LongerThanTheLimit_IsItsBeginning()
    {
        var builder = new X500DistinguishedNameBuilder();
        for (int i = 0; i < 200; i++)
        {
            builder.AddOrganizationalUnitName($"unit {i} of an organization");
        }

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(builder.Build(), key, HashAlgorithmName.SHA256);
        using X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddDays(1));

        string subject = new TlsRefusedCertificate(certificate.RawData, null).Subject;

        subject.ShouldStartWith("OU=unit 0 of an organization,OU=unit 1 ");
        subject.Length.ShouldBe(TlsRefusedCertificate.MaxSubjectLength);
    }

    [Fact]
    public void RefusedSubject_OfDamage_IsEmpty() => new TlsRefusedCertificate([1, 2, 3], null).Subject.ShouldBeEmpty();

    [Fact]
    public void Pem_LongerThanTheLimit_IsEmpty()
    {
        using X509Certificate2 large = TestCertificates.Issue(
            TestCertificates.Authority, "client", [.. Enumerable.Range(0, 600).Select(i => $"name-{i}.example.test")], isForClients: true);
        using TlsServerContext server = Server(isRequired: true);
        using TlsClientContext client = Client(large);
        TlsWorlds.Run(TlsWorlds.Calm, async (near, far) =>
        {
            (TlsStream up, TlsStream down) = await TlsPair.ConnectAsync(near, far, client, server);
            TlsPeerCertificate shown = down.ClientCertificate.ShouldNotBeNull();
            shown.Subject.ShouldBe("CN=client");
            shown.Pem.ShouldBeEmpty();
            up.Close();
            down.Close();
        });
    }

    internal static TlsServerContext Server(bool isRequired, byte[]? authorities = null) => new(new TlsServerOptions
    {
        Certificates = [TestCertificates.ForOptions(TestCertificates.Server)],
        ClientCaPem = authorities ?? TestCertificates.AuthorityPem,
        IsClientCertificateRequired = isRequired,
        TicketKeys = new TlsTicketKeyRing(TlsTicketKeys.Random()),
    });

    internal static TlsClientContext Client(X509Certificate2? certificate = null, TlsVersion version = TlsVersion.Tls13) => new(new TlsClientOptions
    {
        CaPem = TestCertificates.AuthorityPem,
        Certificate = TestCertificates.ForOptions(certificate ?? Certificate),
        MaxVersion = version,
    });

    // With TLS 1.3 the client hears of it after its handshake.
    private static async Flow RefusedAsync(TlsHandshake up, params string[] texts)
    {
        string text = up.Text;
        if (up.Stream is TlsStream stream)
        {
            (await stream.ReceiveAsync()).Last.ShouldBe(-Errno.EPROTO);
            text = stream.FailureText.ShouldNotBeNull();
            stream.Close();
        }
        else
        {
            up.Failure.ShouldBe(TlsFailure.PeerRefused);
        }

        texts.ShouldContain(each => text.Contains(each, StringComparison.Ordinal), text);
    }
}
