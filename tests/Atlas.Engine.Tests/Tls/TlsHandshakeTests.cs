using System.Security.Cryptography.X509Certificates;
using Atlas.Engine.Flows;
using Atlas.Engine.Streams;
using Atlas.Engine.Tests.Streams;
using Atlas.Engine.Tls;

namespace Atlas.Engine.Tests.Tls;

/// <summary>Both sides of handshakes, and how they fail.</summary>
public sealed class TlsHandshakeTests
{
    [Theory]
    [InlineData(TlsVersion.Tls12)]
    [InlineData(TlsVersion.Tls13)]
    public void Handshake_SplitAtEveryByte_SucceedsAndBytesArrive(TlsVersion version)
    {
        using TlsServerContext server = Server(TestCertificates.Server);
        using TlsClientContext client = Client(version: version);
        foreach (IStreamWorld world in TlsWorlds.Rough(10).Append(TlsWorlds.ByteByByte))
        {
            TlsWorlds.Run(world, async (near, far) =>
            {
                (TlsStream up, TlsStream down) = await TlsPair.ConnectAsync(near, far, client, server);
                up.Version.ShouldBe(version);
                down.Version.ShouldBe(version);
                down.CipherName.ShouldBe(up.CipherName);
                ResultFlow<int> sending = up.SendAllAsync(StreamCalls.Pattern(20_000));
                (await down.ReceiveAsync(20_000)).Bytes.ShouldBe(StreamCalls.Pattern(20_000));
                (await sending).ShouldBe(20_000);
                up.Close();
                (await down.ReceiveAsync()).Last.ShouldBe(0);
                down.Close();
            });
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Handshake_TheClientSpeaksAtOnceOrNot_TheLastFlightsLeaveWithTheFirstBytesOrAlone(bool speaks)
    {
        using var server = new TlsServerContext(new TlsServerOptions
        {
            Certificates = [TestCertificates.ForOptions(TestCertificates.Server)],
            TicketKeys = new TlsTicketKeyRing(TlsTicketKeys.Random()),
        });
        using TlsClientContext client = Client();
        using var sessions = new TlsClientSessions(client);
        TlsWorlds.Run(TlsWorlds.Calm, async (near, far) =>
        {
            ResultFlow<TlsHandshake> accepting = TlsStream.AcceptAsync(far, server, [], long.MaxValue);
            TlsStream up = (await TlsStream.ConnectAsync(near, client, sessions, "localhost", long.MaxValue)).Stream.ShouldNotBeNull();
            up.Transport.HasUnsent.ShouldBeTrue();
            if (speaks)
            {
                up.TrySend([1]).ShouldBe(1);
                up.Transport.HasUnsent.ShouldBeFalse();
            }

            TlsStream down = (await accepting).Stream.ShouldNotBeNull();
            down.Transport.HasUnsent.ShouldBe(speaks);
            if (speaks)
            {
                (await down.ReceiveAsync(1)).Bytes.ShouldBe([1]);
                down.Transport.HasUnsent.ShouldBeTrue();
                down.TrySend([2]).ShouldBe(1);
                down.Transport.HasUnsent.ShouldBeFalse();
                (await up.ReceiveAsync(1)).Bytes.ShouldBe([2]);
            }

            await new SilentStream(near.Loop).For(20);
            sessions.Count.ShouldBe(2);
            up.Close();
            down.Close();
        });
    }

    [Fact]
    public void Handshake_TheServerWaitsForMore_TicketsLeaveBefore()
    {
        using var server = new TlsServerContext(new TlsServerOptions
        {
            Certificates = [TestCertificates.ForOptions(TestCertificates.Server)],
            TicketKeys = new TlsTicketKeyRing(TlsTicketKeys.Random()),
        });
        using TlsClientContext client = Client();
        TlsWorlds.Run(TlsWorlds.Calm, async (near, far) =>
        {
            ResultFlow<TlsHandshake> accepting = TlsStream.AcceptAsync(far, server, [], long.MaxValue);
            TlsStream up = (await TlsStream.ConnectAsync(near, client, null, "localhost", long.MaxValue)).Stream.ShouldNotBeNull();
            up.TrySend([1]).ShouldBe(1);
            TlsStream down = (await accepting).Stream.ShouldNotBeNull();
            byte[] buffer = new byte[10];
            down.TryReceive(buffer).ShouldBe(1);
            down.Transport.HasUnsent.ShouldBeTrue();
            down.TryReceive(buffer).ShouldBe(ByteStream.WouldBlock);
            down.Transport.HasUnsent.ShouldBeFalse();
            up.Close();
            down.Close();
        });
    }

    [Fact]
    public void Connect_AnotherAuthority_SaysWhyAndTheServerHearsIt()
    {
        using TlsServerContext server = Server(TestCertificates.Server);
        using TlsClientContext client = Client(TestCertificates.Pem(TestCertificates.OtherAuthority));
        CheckFails(client, server, "localhost", TlsFailure.ServerCertificateInvalid, "unable to get local issuer certificate", TlsFailure.PeerRefused);
    }

    [Fact]
    public void Connect_TheCertificateExpired_SaysSo()
    {
        using X509Certificate2 expired = TestCertificates.Issue(TestCertificates.Authority, "localhost", ["localhost"], isExpired: true);
        using TlsServerContext server = Server(expired);
        using TlsClientContext client = Client();
        CheckFails(client, server, "localhost", TlsFailure.ServerCertificateInvalid, "certificate has expired", TlsFailure.PeerRefused);
    }

    [Theory]
    [InlineData("other.test", "hostname mismatch")]
    [InlineData("a.b.wild.test", "hostname mismatch")]
    [InlineData("127.0.0.2", "IP address mismatch")]
    public void Connect_TheCertificateIsForAnotherName_SaysSo(string name, string text)
    {
        using TlsServerContext server = Server(TestCertificates.Server);
        using TlsClientContext client = Client();
        CheckFails(client, server, name, TlsFailure.ServerCertificateInvalid, text, TlsFailure.PeerRefused);
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("LOCALHOST.")]
    [InlineData("a.wild.test")]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    [InlineData(null)]
    public void Connect_TheCertificateHasTheName_Succeeds(string? name)
    {
        using X509Certificate2 certificate = TestCertificates.Issue(
            TestCertificates.Authority, "many", ["localhost", "*.wild.test", "127.0.0.1", "::1"]);
        using TlsServerContext server = Server(certificate);
        using TlsClientContext client = Client();
        TlsWorlds.Run(TlsWorlds.Calm, async (near, far) =>
        {
            (TlsHandshake up, TlsHandshake down) = await TlsPair.HandshakeAsync(near, far, client, server, name: name);
            up.Failure.ShouldBe(TlsFailure.None, up.Text);
            down.Stream.ShouldNotBeNull().ServerName.ShouldBe(
                name is null || System.Net.IPAddress.TryParse(name, out _) ? "" : name.ToLowerInvariant().TrimEnd('.'));
            up.Stream!.Close();
            down.Stream.Close();
        });
    }

    [Fact]
    public void Connect_NothingIsVerified_AnyCertificateDoes()
    {
        using TlsServerContext server = Server(TestCertificates.Server);
        using var client = new TlsClientContext(new TlsClientOptions { IsVerified = false });
        TlsWorlds.Run(TlsWorlds.Calm, async (near, far) =>
        {
            (TlsHandshake up, TlsHandshake down) = await TlsPair.HandshakeAsync(near, far, client, server, name: "other.test");
            up.Failure.ShouldBe(TlsFailure.None, up.Text);
            up.Stream!.Close();
            down.Stream!.Close();
        });
    }

    [Theory]
    [InlineData("h2,http/1.1", "http/1.1,h2", "h2")]
    [InlineData("http/1.1", "h2,http/1.1", "http/1.1")]
    [InlineData("h2", "", "")]
    [InlineData("", "h2", "")]
    public void Alpn_BothHaveAList_TheServersOrderDecides(string ours, string theirs, string chosen)
    {
        using TlsServerContext server = Server(TestCertificates.Server, alpn: ours);
        using TlsClientContext client = Client(alpn: theirs);
        TlsWorlds.Run(TlsWorlds.Calm, async (near, far) =>
        {
            (TlsStream up, TlsStream down) = await TlsPair.ConnectAsync(near, far, client, server);
            up.Alpn.ShouldBe(chosen);
            down.Alpn.ShouldBe(chosen);
            up.Close();
            down.Close();
        });
    }

    [Fact]
    public void Alpn_NothingInCommon_BothSidesSaySo()
    {
        using TlsServerContext server = Server(TestCertificates.Server, alpn: "h2,http/1.1");
        using TlsClientContext client = Client(alpn: "spdy/3");
        CheckFails(client, server, "localhost", TlsFailure.NoSharedProtocol, "", TlsFailure.NoSharedProtocol);
    }

    [Fact]
    public void Version_ServerWantsANewerOne_BothSidesSaySo()
    {
        using var server = new TlsServerContext(new TlsServerOptions
        {
            Certificates = [TestCertificates.ForOptions(TestCertificates.Server)],
            MinVersion = TlsVersion.Tls13,
        });
        using TlsClientContext client = Client(version: TlsVersion.Tls12);
        CheckFails(client, server, "localhost", TlsFailure.NoSharedParameters, "protocol version", TlsFailure.NoSharedParameters);
    }

    [Fact]
    public void Cipher_NothingInCommon_TheServerSaysSo()
    {
        using TlsServerContext server = Server(TestCertificates.Server);
        using var client = new TlsClientContext(new TlsClientOptions { MaxVersion = TlsVersion.Tls12, Ciphers = "ECDHE-RSA-AES256-GCM-SHA384", CaPem = TestCertificates.AuthorityPem });
        CheckFails(client, server, "localhost", TlsFailure.PeerRefused, "handshake failure", TlsFailure.NoSharedParameters);
    }

    [Fact]
    public void Handshake_TheOtherSideGoesAway_SaysSo()
    {
        using TlsServerContext server = Server(TestCertificates.Server);
        using TlsClientContext client = Client();
        TlsWorlds.Run(TlsWorlds.Calm, async (near, far) =>
        {
            ResultFlow<TlsHandshake> connecting = TlsStream.ConnectAsync(near, client, null, "localhost", near.Loop.NowMs + 1000);
            far.Abort();
            TlsHandshake end = await connecting;
            end.Failure.ShouldBe(TlsFailure.PeerClosed);
            near.IsClosed.ShouldBeFalse();
        });
    }

    [Fact]
    public void Handshake_TheConnectionIsClosedHere_IsCancelled()
    {
        using TlsClientContext client = Client();
        TlsWorlds.Run(TlsWorlds.Calm, async (near, far) =>
        {
            ResultFlow<TlsHandshake> connecting = TlsStream.ConnectAsync(near, client, null, "localhost", long.MaxValue);
            near.Abort();
            (await connecting).Failure.ShouldBe(TlsFailure.Cancelled);
        });
    }

    [Fact]
    public void Handshake_TheContextIsDisposedMeanwhile_GoesOnAndLaterOnesFail()
    {
        TlsServerContext server = Server(TestCertificates.Server, alpn: "h2");
        using TlsClientContext client = Client(alpn: "h2");
        TlsWorlds.Run(TlsWorlds.Rough(1).Single(), async (near, far) =>
        {
            ResultFlow<TlsHandshake> accepting = TlsStream.AcceptAsync(far, server, [], long.MaxValue);
            server.Dispose();
            server.Dispose();
            TlsStream up = (await TlsStream.ConnectAsync(near, client, null, "localhost", long.MaxValue)).Stream.ShouldNotBeNull();
            TlsStream down = (await accepting).Stream.ShouldNotBeNull();
            (await TlsStream.AcceptAsync(far, server, [], long.MaxValue)).Failure.ShouldBe(TlsFailure.Internal);
            await up.SendAllAsync(StreamCalls.Pattern(100));
            (await down.ReceiveAsync(100)).Bytes.ShouldBe(StreamCalls.Pattern(100));
            up.Close();
            down.Close();
        });
    }

    internal static TlsServerContext Server(X509Certificate2 certificate, string alpn = "") => new(new TlsServerOptions
    {
        Certificates = [TestCertificates.ForOptions(certificate)],
        Alpn = alpn.Length == 0 ? [] : alpn.Split(','),
    });

    internal static TlsClientContext Client(byte[]? authorities = null, TlsVersion version = TlsVersion.Tls13, string alpn = "") =>
        new(new TlsClientOptions
        {
            CaPem = authorities ?? TestCertificates.AuthorityPem,
            MaxVersion = version,
            Alpn = alpn.Length == 0 ? [] : alpn.Split(','),
        });

    private static void CheckFails(
        TlsClientContext client, TlsServerContext server, string name, TlsFailure atClient, string text, TlsFailure atServer) =>
        TlsWorlds.Run(TlsWorlds.Calm, async (near, far) =>
        {
            (TlsHandshake up, TlsHandshake down) = await TlsPair.HandshakeAsync(near, far, client, server, name: name);
            up.Stream.ShouldBeNull();
            up.Failure.ShouldBe(atClient, up.Text);
            up.Text.ShouldContain(text);
            down.Stream.ShouldBeNull();
            down.Failure.ShouldBe(atServer, down.Text);
            near.IsClosed.ShouldBeFalse();
            far.IsClosed.ShouldBeFalse();
        });
}
