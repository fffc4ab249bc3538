using System.Net;
using System.Net.Sockets;
using Atlas.Control.HighAvailability.Peers;
using Atlas.Control.Tests.Health;
using Atlas.Core.HighAvailability;
using Atlas.Protocols.Dns;
using Atlas.Protocols.Heartbeats;

namespace Atlas.Control.Tests.HighAvailability.Peers;

public sealed class PeerServiceTests : IDisposable
{
    private readonly PeerUnderTest _a = new("a");
    private readonly PeerUnderTest _b = new("b");

    public void Dispose()
    {
        _a.Dispose();
        _b.Dispose();
    }

    [Fact]
    public async Task Apply_TwoNodes_SeeEachOther()
    {
        await MeetAsync();
        PeerReport report = _a.Of("b")!;
        (report.State, report.Reason, report.Version).ShouldBe((PeerState.Alive, PeerReason.Serving, "1.2.3"));
        report.Address.ShouldBe(PeerUnderTest.At(_b.Port));
        report.RoundTrip!.Value.ShouldBeInRange(TimeSpan.Zero, TimeSpan.FromSeconds(30));
        report.ClockAhead!.Value.ShouldBeInRange(TimeSpan.FromSeconds(-30), TimeSpan.FromSeconds(30));
        report.SendProblem.ShouldBeNull();
        _a.Service.Peers.Select(peer => peer.Name).ShouldBe(["b"], "it is no peer of itself");
        _a.Events.ShouldContain(change => change.To == PeerState.Alive && change.IsLive);
    }

    [Fact]
    public async Task Apply_WithoutPeers_FallsSilentAndIsDeadForTheOthersUntilItComesBack()
    {
        await MeetAsync();
        int port = _b.Port;
        _b.Service.Apply(null);
        _b.Service.Peers.ShouldBeEmpty();
        _b.Service.Bound.ShouldBeNull();
        await Until.SoAsync(() => _a.Of("b")! is { State: PeerState.Dead, Reason: PeerReason.Silent });
        _b.Follow([("a", PeerUnderTest.At(_a.Port))], bind: PeerUnderTest.At(port));
        await Until.SoAsync(() => _a.IsLive("b") && _b.IsLive("a"));
        _a.Of("b")!.Restarts.ShouldBe(1);
        _a.Events.Select(change => change.To).ShouldContain(PeerState.Dead);
    }

    [Fact]
    public async Task Hurry_Draining_IsNotLiveForTheOthers()
    {
        await MeetAsync();
        _b.DataPlane = DataPlaneState.Draining;
        await Until.SoAsync(() => _a.Events.Any(change => change.Reason == PeerReason.Draining));
        await Until.SoAsync(() => !_a.IsLive("b"));
        _b.DataPlane = DataPlaneState.Serving;
        await Until.SoAsync(() => _a.IsLive("b"));
    }

    [Fact]
    public async Task Dispose_TellsTheOthers()
    {
        await MeetAsync();
        _b.Dispose();
        await Until.SoAsync(() => _a.Of("b")!.State == PeerState.Stopped);
        await Until.SoAsync(() => _a.Events.Last().ToString().StartsWith("peer b: it stopped, after ", StringComparison.Ordinal));
        _a.Events.ShouldNotContain(change => change.To == PeerState.Dead || change.Reason == PeerReason.NotServing);
        Should.Throw<ObjectDisposedException>(() => _b.Follow([]));
    }

    [Fact]
    public async Task Apply_AnotherSecret_IsNotTakenUntilItIsTheSame()
    {
        _b.Follow([("a", PeerUnderTest.At(_a.Port))], PeerUnderTest.OtherSecret);
        _a.Follow([("b", PeerUnderTest.At(_b.Port))]);
        await Until.SoAsync(() => _a.Refused(PeerRefusal.NotAuthentic) > 3 && _b.Refused(PeerRefusal.NotAuthentic) > 3);
        await Until.SoAsync(() => _a.Of("b")!.State == PeerState.Dead);
        (_a.Of("b")!.LastHeard, _a.Service.Metrics.Taken).ShouldBe((null, 0));
        await Until.SoAsync(() => _a.Of("b")!.Reason == PeerReason.OtherSecret && _b.Of("a")!.Reason == PeerReason.OtherSecret);
        const string words = "datagrams come from 127.0.0.1, but are not signed by this node's secret: compare high_availability.secret";
        _a.Of("b")!.Words.ShouldBe(words);
        _a.Events.Select(change => change.ToString()).ShouldContain(line => line.EndsWith(words, StringComparison.Ordinal));
        int port = _b.Port;
        _b.Follow([("a", PeerUnderTest.At(_a.Port))]);
        await Until.SoAsync(() => _a.IsLive("b") && _b.IsLive("a"));
        _b.Port.ShouldBe(port, "the socket is not made anew");
    }

    [Fact]
    public async Task Receive_WhatThisNodeSentToAPeer_SaysThatTheAddressIsItsOwn()
    {
        string own = PeerUnderTest.At(_a.Port);
        _a.Follow([("b", own)]);
        await Until.SoAsync(() => _a.Of("b")!.Reason == PeerReason.OwnAddress);
        _a.Of("b")!.Words.ShouldBe($"its address {own} is this node's own: is 'node' right?");
        string end = $": its address {own} is this node's own: is 'node' right?";
        await Until.SoAsync(() => _a.Events.Any(change => change.ToString().EndsWith(end, StringComparison.Ordinal)));
        (_a.Of("b")!.State, _a.Of("b")!.LastHeard).ShouldBe((PeerState.Dead, null));
    }

    [Fact]
    public async Task Receive_WhatIsNoHeartbeatOrPlayedBack_IsCountedAndNeverAnswered()
    {
        using var other = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        other.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        using var peer = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        peer.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _a.Follow([("b", PeerUnderTest.At(((IPEndPoint)peer.LocalEndPoint!).Port))]);
        byte[] heartbeat = new byte[2_000];
        heartbeat = heartbeat[..await peer.ReceiveAsync(heartbeat)];
        HeartbeatReader.Read(heartbeat, PeerUnderTest.Secret.HeartbeatKey, out Heartbeat? sent).ShouldBe(HeartbeatStatus.Authentic);
        (sent!.From, sent.To, sent.EchoBoot).ShouldBe(("a", "b", default));

        var to = new IPEndPoint(IPAddress.Loopback, _a.Port);
        byte[] forged = [.. heartbeat];
        forged[^1] ^= 1;
        byte[] fromB = Write(sent with { From = "b", To = "a", Boot = 5, EchoBoot = sent.Boot, EchoSequence = sent.Sequence });
        foreach ((byte[] datagram, PeerRefusal refusal) in new[]
        {
            (Array.Empty<byte>(), PeerRefusal.TooShort),
            (new byte[200], PeerRefusal.NoHeartbeat),
            (new byte[HeartbeatLimits.MaxBytes + 1], PeerRefusal.TooLong),
            (new byte[1_400], PeerRefusal.TooLong),
            (forged, PeerRefusal.NotAuthentic),
            (heartbeat, PeerRefusal.NotForUs),
            (Write(sent with { From = "c", To = "a" }), PeerRefusal.UnknownSender),
        })
        {
            long before = _a.Refused(refusal);
            other.SendTo(datagram, to);
            await Until.SoAsync(() => _a.Refused(refusal) == before + 1);
        }

        // A heartbeat counts from wherever it comes, once.
        _a.Of("b")!.LastHeard.ShouldBeNull();
        other.SendTo(fromB, to);
        await Until.SoAsync(() => _a.Of("b")!.LastHeard is not null);
        other.SendTo(fromB, to);
        await Until.SoAsync(() => _a.Refused(PeerRefusal.Replayed) == 1);
        other.Available.ShouldBe(0, "nothing is answered");
    }

    [Fact]
    public void Apply_AddressThatThisMachineDoesNotHave_ListensOnlyWhereItMayCome()
    {
        Should.Throw<IOException>(() => _a.Follow([], bind: "192.0.2.77:0")).Message.ShouldStartWith("high_availability: cannot listen on 192.0.2.77:0, UDP,");
        _a.Follow([], bind: "192.0.2.77:0", mayBeAbsent: true);
        _a.Service.Bound!.Address.ShouldBe(IPAddress.Parse("192.0.2.77"));
    }

    [Fact]
    public async Task Apply_AddressInUse_ChangesNothing()
    {
        await MeetAsync();
        int port = _a.Port;
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        string address = taken.LocalEndPoint!.ToString()!;
        Should.Throw<IOException>(() => _a.Follow([], bind: address)).Message.ShouldStartWith($"high_availability: cannot listen on {address}, UDP,");
        _a.Port.ShouldBe(port);
        long sent = _a.Service.Metrics.Sent;
        await Until.SoAsync(() => _a.Service.Metrics.Sent > sent + 2);
        _a.Of("b").ShouldNotBeNull();
    }

    [Fact]
    public async Task Apply_AnotherAddress_MovesAndKeepsWhatIsKnown()
    {
        await MeetAsync();
        int port = _a.Port;
        _a.Follow([("b", PeerUnderTest.At(_b.Port))], bind: "[::]:0");
        _a.Of("b")!.State.ShouldBe(PeerState.Alive);
        _a.Port.ShouldNotBe(port);
        _b.Follow([("a", PeerUnderTest.At(_a.Port))]);
        long taken = _a.Service.Metrics.Taken;
        await Until.SoAsync(() => _a.Service.Metrics.Taken > taken + 3 && _a.IsLive("b") && _b.IsLive("a"));
        _a.Of("b")!.Restarts.ShouldBe(0);
    }

    [Fact]
    public async Task Apply_PeerWithAName_IsFoundOnceTheNameIs()
    {
        _b.Follow([("a", PeerUnderTest.At(_a.Port))]);
        _a.Follow([("b", $"b.internal:{_b.Port}")]);
        await Until.SoAsync(() => _a.Of("b")!.SendProblem?.Contains("b.internal has no address", StringComparison.Ordinal) == true);
        _a.Service.Metrics.SendFailures.ShouldBeGreaterThan(0);
        _a.Resolver.Have("b.internal", "::1", "127.0.0.1");
        await Until.SoAsync(() => _a.IsLive("b") && _b.IsLive("a"));
        await Until.SoAsync(() => _a.Of("b")!.SendProblem is null);
        _a.Resolver.Asked("b.internal", DnsType.Aaaa).ShouldBeGreaterThan(0);
    }

    private async Task MeetAsync()
    {
        _a.Follow([("b", PeerUnderTest.At(_b.Port))]);
        _b.Follow([("a", PeerUnderTest.At(_a.Port))]);
        await Until.SoAsync(() => _a.IsLive("b") && _b.IsLive("a"));
    }

    private static byte[] Write(Heartbeat heartbeat)
    {
        byte[] datagram = new byte[HeartbeatLimits.MaxBytes];
        return datagram[..HeartbeatWriter.Write(heartbeat, PeerUnderTest.Secret.HeartbeatKey, datagram)];
    }
}
