using System.Net.Sockets;
using Atlas.Control.Configuration;
using Atlas.Control.Discovery.Resolving;
using Atlas.Core.Configuration;
using Atlas.Core.HighAvailability;
using Atlas.Engine.Links;
using Atlas.Running;
using Atlas.Running.HighAvailability;

namespace Atlas.Tests.Running.HighAvailability;

public sealed class ClusterNodeTests
{
    // A node is not well, or well again, after two looks, and a look begins after the one before.
    private const int Looks = 4;

    private int _looks;

    [Fact]
    public async Task State_ListenerAtItsLimit_Serves()
    {
        AtlasConfig config = Config();
        await using AtlasInstance instance = await AtlasInstance.StartAsync(config, _ => { });
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", instance.Listeners[0].Addresses[0].Bound.Address.Port);
        await Wait.UntilAsync(() => instance.Listeners[0].Connections == 1);
        await using ClusterNode node = Node(instance);

        node.Apply(config, []);

        await Wait.UntilAsync(() => Volatile.Read(ref _looks) >= Looks);
        (node.State, node.Problem).ShouldBe((DataPlaneState.Serving, null));
    }

    [Fact]
    public async Task State_ListenerThatIsGone_DoesNotServe()
    {
        AtlasConfig config = Config();
        AtlasInstance instance = await AtlasInstance.StartAsync(config, _ => { });
        await using ClusterNode node = Node(instance);
        int port = instance.Listeners[0].Addresses[0].Bound.Address.Port;
        await instance.DisposeAsync();

        node.Apply(config, []);

        await Wait.UntilAsync(() => node.State == DataPlaneState.NotServing);
        node.Problem.ShouldBe($"listener web at 127.0.0.1:{port}: connect refused");
    }

    [Fact]
    public async Task Open_PortsOnAVirtualAddressThatAnotherNodeHas_Listens()
    {
        Assert.SkipWhen(LinkRights.FindMissing() is not null, "virtual routers need root");
        AtlasConfig config = Config();
        await using AtlasInstance instance = await AtlasInstance.StartAsync(config, _ => { });
        await using ClusterNode node = Node(instance);
        BindAddress.TryParse("192.0.2.77:0", out BindAddress? address).ShouldBeTrue();
        HighAvailabilityConfig section = config.HighAvailability! with
        {
            Bind = address,
            Peers = [new PeerConfig { Name = "two", Address = ServerAddress.TryParse("192.0.2.2:9901", out var peer) ? peer : null }],
            ActiveActive = new ActiveActiveConfig { Bind = address, Zone = "lb.example" },
        };
        var secret = new ClusterSecret("0123456789abcdef0123456789abcdef"u8);

        node.Prepare(config with { HighAvailability = section }, secret);
        Should.Throw<IOException>(node.Open);
        var router = new VirtualRouterConfig { Addresses = [new InterfaceAddress(address!.Ip!, 24)] };
        node.Prepare(config with { HighAvailability = section with { ActivePassive = [router] } }, secret);

        node.Dns!.Address.Address.ShouldBe(address.Ip!);
    }

    [Theory]
    [InlineData(100, 40, 60)]
    [InlineData(254, 400, 1)]
    public void Lower_WhatItTracksFails_FallsToOneAtLeast(int priority, int penalty, int left) => ClusterNode
        .Lower(new VirtualRouterConfig { Priority = priority, Track = new TrackConfig { Penalty = penalty } }, ["a"]).ShouldBe((left, "a"));

    [Fact]
    public void Lower_TwoFail_CountsBoth() => ClusterNode
        .Lower(new VirtualRouterConfig { Priority = 100, Track = new TrackConfig { Penalty = 30 } }, ["a", "b"]).ShouldBe((40, "a; b"));

    [Fact]
    public void Lower_NothingFails_StaysAsConfigured() =>
        ClusterNode.Lower(new VirtualRouterConfig { Priority = 100 }, []).ShouldBe((100, ""));

    [Fact]
    public void Lower_AnOwner_StaysOneWhateverFails() =>
        ClusterNode.Lower(new VirtualRouterConfig { Priority = 255 }, ["a", "b"]).ShouldBe((255, ""));

    private static AtlasConfig Config()
    {
        ConfigResult read = ConfigLoader.Parse(
            """
            listeners:
              web: { bind: 127.0.0.1:0, limits: { connections: 1 }, routes: [{ respond: { status: 200 } }] }
            runtime: { workers: 1 }
            high_availability: { node: one }
            """,
            "atlas.yaml");
        return read.Config.ShouldNotBeNull(string.Join('\n', read.Errors)) with { Admin = new AdminConfig { Bind = null } };
    }

    private ClusterNode Node(AtlasInstance instance)
    {
        var listeners = instance.Listeners;
        return new ClusterNode(
            new InstanceNews(_ => { }),
            () => instance.Snapshot,
            () => listeners,
            _ =>
            {
                Interlocked.Increment(ref _looks);
                return Task.FromResult(true);
            },
            new DnsResolver(new ResolverOptions { Servers = () => [] }),
            new StoreLeases(() => instance.Snapshot, _ => null));
    }
}
