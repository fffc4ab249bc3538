using Atlas.Engine.Flows;
using Atlas.Engine.Streams;
using Atlas.Engine.Tests.Streams;
using Atlas.Engine.Tls;

namespace Atlas.Engine.Tests.Tls;

/// <summary>Sessions that are resumed, and those that must not be.</summary>
public sealed class TlsResumptionTests
{
    private static readonly byte[] Secret = StreamCalls.Pattern(32);

    [Theory]
    [InlineData(TlsVersion.Tls12)]
    [InlineData(TlsVersion.Tls13)]
    public void Resume_AnotherContextWithTheSameKeys_Resumes(TlsVersion version)
    {
        using TlsServerContext first = Server(TlsTicketKeys.Derive(Secret, 100));
        using TlsServerContext second = Server(TlsTicketKeys.Derive(Secret, 100));
        Resumes(version, first, second).ShouldBe((false, true));
    }

    [Theory]
    [InlineData(TlsVersion.Tls12)]
    [InlineData(TlsVersion.Tls13)]
    public void Resume_AnotherContextWithOtherKeys_MakesANewSession(TlsVersion version)
    {
        using TlsServerContext first = Server(TlsTicketKeys.Derive(Secret, 100));
        using TlsServerContext second = Server(TlsTicketKeys.Random());
        Resumes(version, first, second).ShouldBe((false, false));
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, true)]
    [InlineData(TlsTicketKeys.OlderKeys, true)]
    [InlineData(TlsTicketKeys.OlderKeys + 1, false)]
    [InlineData(-1, true)]
    [InlineData(-2, false)]
    public void Resume_KeysOfAnotherPeriod_AcceptsAsManyAsItSays(int later, bool resumes)
    {
        TlsTicketKeys.Derive(Secret, 100 + later).Accepts(TlsTicketKeys.Derive(Secret, 100)).ShouldBe(resumes);
        foreach (TlsVersion version in Enum.GetValues<TlsVersion>())
        {
            using TlsServerContext first = Server(TlsTicketKeys.Derive(Secret, 100));
            using TlsServerContext second = Server(TlsTicketKeys.Derive(Secret, 100 + later));
            Resumes(version, first, second).ShouldBe((false, resumes));
        }
    }

    [Fact]
    public void Resume_RandomKeysRotate_AcceptsTheOlderOnesUntilTheyAreForgotten()
    {
        TlsTicketKeys keys = TlsTicketKeys.Random();
        using TlsServerContext first = Server(keys);
        for (int rotations = 1; rotations <= TlsTicketKeys.OlderKeys + 1; rotations++)
        {
            keys = keys.Rotate();
            using TlsServerContext later = Server(keys);
            Resumes(TlsVersion.Tls13, first, later).ShouldBe((false, rotations <= TlsTicketKeys.OlderKeys));
        }
    }

    [Fact]
    public void Resume_TheRingGetsOtherKeys_ContextsGoByThemAtOnce()
    {
        var ring = new TlsTicketKeyRing(TlsTicketKeys.Random());
        using TlsServerContext server = Server(ring);
        using TlsClientContext client = TlsHandshakeTests.Client();
        using var sessions = new TlsClientSessions(client);
        TlsWorlds.Run(TlsWorlds.Calm, async (near, far) => (await TalkAsync(near, far, client, server, sessions)).ShouldBeFalse());
        ring.Keys = TlsTicketKeys.Random();
        TlsWorlds.Run(TlsWorlds.Calm, async (near, far) => (await TalkAsync(near, far, client, server, sessions)).ShouldBeFalse());
        TlsWorlds.Run(TlsWorlds.Calm, async (near, far) => (await TalkAsync(near, far, client, server, sessions)).ShouldBeTrue());
    }

    [Theory]
    [InlineData(TlsVersion.Tls12)]
    [InlineData(TlsVersion.Tls13)]
    public void Resume_NoKeys_SendsNoTickets(TlsVersion version)
    {
        using TlsServerContext server = TlsHandshakeTests.Server(TestCertificates.Server);
        using TlsClientContext client = TlsHandshakeTests.Client(version: version);
        using var sessions = new TlsClientSessions(client);
        TlsWorlds.Run(TlsWorlds.Calm, async (near, far) => await TalkAsync(near, far, client, server, sessions));
        sessions.Count.ShouldBe(0);
    }

    [Theory]
    [InlineData(TlsVersion.Tls12, 2, 1, 1)]
    [InlineData(TlsVersion.Tls13, 0, 0, 0)]
    [InlineData(TlsVersion.Tls13, 1, 1, 1)]
    [InlineData(TlsVersion.Tls13, 2, 2, 2)]
    public void Sessions_AfterAHandshakeAndAResumption_AreAsManyAsTheServerSends(TlsVersion version, int tickets, int after, int afterResumed)
    {
        using var server = new TlsServerContext(new TlsServerOptions
        {
            Certificates = [TestCertificates.ForOptions(TestCertificates.Server)],
            TicketKeys = new TlsTicketKeyRing(TlsTicketKeys.Random()),
            Tickets = tickets,
        });
        using TlsClientContext client = TlsHandshakeTests.Client(version: version);
        using var sessions = new TlsClientSessions(client);
        TlsWorlds.Run(TlsWorlds.Calm, async (near, far) => await TalkAsync(near, far, client, server, sessions));
        sessions.Count.ShouldBe(after);
        TlsWorlds.Run(TlsWorlds.Calm, async (near, far) => (await TalkAsync(near, far, client, server, sessions)).ShouldBe(after > 0));
        sessions.Count.ShouldBe(afterResumed);
    }

    [Fact]
    public void Sessions_MoreThanTheLimit_TheOldestMakeRoom()
    {
        using TlsServerContext server = Server(TlsTicketKeys.Random());
        using TlsClientContext client = TlsHandshakeTests.Client();
        using var sessions = new TlsClientSessions(client);
        TlsWorlds.Run(TlsWorlds.Calm, async (near, far) =>
        {
            // None is taken by another name: each handshake leaves two.
            await TalkAsync(near, far, client, server, sessions);
        });
        for (int i = 0; i < TlsClientSessions.MaxSessions; i++)
        {
            TlsWorlds.Run(TlsWorlds.Calm, async (near, far) =>
            {
                (TlsHandshake up, TlsHandshake down) = await TlsPair.HandshakeAsync(near, far, client, server, sessions, name: $"w{i}.wild.test");
                up.Stream!.IsResumed.ShouldBeFalse("a session of another name");
                (await down.Stream!.SendAllAsync([1])).ShouldBe(1);
                await up.Stream!.ReceiveAsync(1);
                up.Stream!.Close();
                down.Stream!.Close();
            });
        }

        sessions.Count.ShouldBe(TlsClientSessions.MaxSessions);
        sessions.Dispose();
        sessions.Count.ShouldBe(0);
    }

    [Fact]
    public void Sessions_OfAnotherContext_AreNotUsed()
    {
        using TlsServerContext server = Server(TlsTicketKeys.Random());
        using TlsClientContext client = TlsHandshakeTests.Client();
        using TlsClientContext other = TlsHandshakeTests.Client();
        using var sessions = new TlsClientSessions(client);
        TlsWorlds.Run(TlsWorlds.Calm, async (near, far) => await TalkAsync(near, far, client, server, sessions));
        TlsWorlds.Run(TlsWorlds.Calm, async (near, far) => (await TalkAsync(near, far, other, server, sessions)).ShouldBeFalse());
        TlsWorlds.Run(TlsWorlds.Calm, async (near, far) => (await TalkAsync(near, far, client, server, sessions)).ShouldBeTrue());
    }

    [Theory]
    [InlineData(TlsVersion.Tls12)]
    [InlineData(TlsVersion.Tls13)]
    public void Sessions_TheConnectionWasReset_CanBeUsed(TlsVersion version)
    {
        using TlsServerContext server = Server(TlsTicketKeys.Random());
        using TlsClientContext client = TlsHandshakeTests.Client(version: version);
        using var sessions = new TlsClientSessions(client);
        TlsWorlds.Run(TlsWorlds.Calm, async (near, far) => await TalkAsync(near, far, client, server, sessions, aborts: true));
        TlsWorlds.Run(TlsWorlds.Calm, async (near, far) => (await TalkAsync(near, far, client, server, sessions)).ShouldBeTrue());
    }

    [Fact]
    public void Resume_AListenerThatAsksForCertificates_DoesNotTakeSessionsOfOneThatDoesNot()
    {
        var ring = new TlsTicketKeyRing(TlsTicketKeys.Random());
        using TlsServerContext open = Server(ring);
        using var guarded = new TlsServerContext(new TlsServerOptions
        {
            Certificates = [TestCertificates.ForOptions(TestCertificates.Server)],
            TicketKeys = ring,
            ClientCaPem = TestCertificates.AuthorityPem,
            IsClientCertificateRequired = true,
        });
        foreach (TlsVersion version in Enum.GetValues<TlsVersion>())
        {
            using TlsClientContext client = TlsHandshakeTests.Client(version: version);
            using var sessions = new TlsClientSessions(client);
            TlsWorlds.Run(TlsWorlds.Calm, async (near, far) => await TalkAsync(near, far, client, open, sessions));
            TlsWorlds.Run(TlsWorlds.Calm, async (near, far) =>
            {
                (TlsHandshake up, TlsHandshake down) = await TlsPair.HandshakeAsync(near, far, client, guarded, sessions);
                down.Failure.ShouldBe(TlsFailure.ClientCertificateMissing);
                up.Stream?.Close();
            });
        }
    }

    [Fact]
    public void Derive_TheSameSecretAndPeriod_GivesTheSameKeysEverywhere()
    {
        TlsTicketKeys here = TlsTicketKeys.Derive(Secret, 7);
        TlsTicketKeys there = TlsTicketKeys.Derive(Secret, 7);
        there.Current.Name.SequenceEqual(here.Current.Name).ShouldBeTrue();
        there.Current.CipherSecret.SequenceEqual(here.Current.CipherSecret).ShouldBeTrue();
        there.Current.MacSecret.SequenceEqual(here.Current.MacSecret).ShouldBeTrue();

        // RFC 5869 with this secret, no salt and "atlas tls ticket key " with the period as 8 bytes: openssl kdf says the same.
        Convert.ToHexStringLower(here.Current.Name).ShouldBe("6e9efe1f153e01dbd36814ad2db654b2");
        TlsTicketKeys.Derive(Secret, 8).Current.Name.SequenceEqual(here.Current.Name).ShouldBeFalse();
        Should.Throw<ArgumentException>(() => TlsTicketKeys.Derive(Secret.AsSpan(1), 7));
    }

    [Fact]
    public void PeriodOf_TheEdges_ChangeAtThem()
    {
        TlsTicketKeys.PeriodOf(0).ShouldBe(0);
        TlsTicketKeys.PeriodOf(TlsTicketKeys.PeriodSeconds - 1).ShouldBe(0);
        TlsTicketKeys.PeriodOf(TlsTicketKeys.PeriodSeconds).ShouldBe(1);
    }

    private static TlsServerContext Server(TlsTicketKeys keys) => Server(new TlsTicketKeyRing(keys));

    private static TlsServerContext Server(TlsTicketKeyRing ring) => new(new TlsServerOptions
    {
        Certificates = [TestCertificates.ForOptions(TestCertificates.Server)],
        TicketKeys = ring,
    });

    private static (bool First, bool Second) Resumes(TlsVersion version, TlsServerContext first, TlsServerContext second)
    {
        using TlsClientContext client = TlsHandshakeTests.Client(version: version);
        using var sessions = new TlsClientSessions(client);
        bool atFirst = false;
        bool atSecond = false;
        TlsWorlds.Run(TlsWorlds.Calm, async (near, far) => atFirst = await TalkAsync(near, far, client, first, sessions));
        TlsWorlds.Run(TlsWorlds.Calm, async (near, far) => atSecond = await TalkAsync(near, far, client, second, sessions));
        return (atFirst, atSecond);
    }

    // The server speaks, so that its tickets are read.
    private static async ResultFlow<bool> TalkAsync(
        ByteStream near, ByteStream far, TlsClientContext client, TlsServerContext server, TlsClientSessions sessions, bool aborts = false)
    {
        (TlsStream up, TlsStream down) = await TlsPair.ConnectAsync(near, far, client, server, sessions);
        (await down.SendAllAsync([1])).ShouldBe(1);
        (await up.ReceiveAsync(1)).Bytes.ShouldBe([1]);
        up.IsResumed.ShouldBe(down.IsResumed);
        bool isResumed = up.IsResumed;
        if (aborts)
        {
            up.Abort();
            down.Abort();
        }

        up.Close();
        down.Close();
        return isResumed;
    }
}
