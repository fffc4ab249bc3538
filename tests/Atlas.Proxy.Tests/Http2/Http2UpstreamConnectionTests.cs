using Atlas.Protocols.Http2;
using Atlas.Proxy.Snapshots;
using Atlas.Proxy.Tests.Sessions;

namespace Atlas.Proxy.Tests.Http2;

/// <summary>How many connections servers of HTTP/2 get, and for how long.</summary>
public sealed class Http2UpstreamConnectionTests
{
    private const int Seeds = 60;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Server_WithoutSettings_IsNotAsked(bool speaks) => ProxyWorld.ForSeeds(
        Seeds,
        seed => Http2World.Make(seed),
        async world =>
        {
            world.Server.OnConnect = async turn =>
            {
                if (speaks)
                {
                    await turn.SendAsync("HTTP/1.1 400 Bad Request\r\n\r\n");
                }

                await turn.Reader.ToEndAsync();
                return true;
            };

            WireMessage response = await Http2World.AskAsync(world, Http2World.Post);

            response.Status.ShouldBe(speaks ? 502 : 504);
        });

    [Fact]
    public void Server_ThatRefusesConnections_GivesWayToAnother() => ProxyWorld.ForSeeds(Seeds, seed => Http2World.Make(seed, servers: 2), async world =>
    {
        world.Servers[0].Listener.Close();
        Http2World.Speak(world.Servers[1], (peer, request) => peer.Respond(request, Http2World.Ok, "ok"));

        for (int i = 0; i < 4; i++)
        {
            (await Http2World.AskAsync(world, Http2World.Post)).Status.ShouldBe(200);
        }
    });

    [Fact]
    public void Requests_FillConnections_AndShareTheWaitForThem() => ProxyWorld.ForSeeds(
        Seeds,
        seed => Http2World.Make(seed, pool: pool => Http2World.Pool(pool, maxStreams: 4)),
        async world =>
        {
            var waiting = new List<(FramePeer Peer, FrameRequest Request)>();
            List<FramePeer> peers = Http2World.Speak(world.Server, (peer, request) => waiting.Add((peer, request)));
            int done = 0;
            for (int i = 0; i < 10; i++)
            {
                world.Guard(async () =>
                {
                    (await Http2World.AskAsync(world, Http2World.Get)).Status.ShouldBe(200);
                    done++;
                });
            }

            await Http2World.UntilAsync(world, () => waiting.Count == 10);
            peers.Count.ShouldBe(3);
            peers.ShouldAllBe(peer => peer.Requests <= 4);
            foreach ((FramePeer peer, FrameRequest request) in waiting)
            {
                peer.Respond(request, Http2World.Ok, "ok");
                await peer.FlushAsync();
            }

            await Http2World.UntilAsync(world, () => done == 10);
            await world.DelayAsync(60_000);
            peers.ShouldAllBe(peer => peer.Stream.IsClosed);
        });

    [Fact]
    public void Server_ThatTakesFewer_GetsFurtherConnections() => ProxyWorld.ForSeeds(Seeds, seed => Http2World.Make(seed), async world =>
    {
        var waiting = new List<(FramePeer Peer, FrameRequest Request)>();
        List<FramePeer> peers = Http2World.Speak(
            world.Server, (peer, request) => waiting.Add((peer, request)), limits: Http2Limits.Default with { Streams = 2 });
        int done = 0;
        for (int i = 0; i < 6; i++)
        {
            world.Guard(async () =>
            {
                (await Http2World.AskAsync(world, Http2World.Post)).Status.ShouldBe(200);
                done++;
            });
        }

        await Http2World.UntilAsync(world, () => waiting.Count == 6);
        peers.Sum(peer => peer.Requests).ShouldBe(6);
        peers.Count.ShouldBeLessThanOrEqualTo(6);
        foreach ((FramePeer peer, FrameRequest request) in waiting)
        {
            peer.Respond(request, Http2World.Ok, "ok");
            await peer.FlushAsync();
        }

        await Http2World.UntilAsync(world, () => done == 6);
    });

    [Fact]
    public void Server_ThatTakesNone_IsGivenUp() => ProxyWorld.ForSeeds(Seeds, seed => Http2World.Make(seed), async world =>
    {
        List<FramePeer> peers = Http2World.Speak(world.Server, (_, _) => { }, limits: Http2Limits.Default with { Streams = 0 });

        (await Http2World.AskAsync(world, Http2World.Get)).Status.ShouldBe(502);

        peers.Count.ShouldBeLessThanOrEqualTo(8);
    });

    [Fact]
    public void Connection_OfItsAge_TakesNoMore() => ProxyWorld.ForSeeds(
        Seeds,
        seed => Http2World.Make(seed, options: Http2World.Whole, pool: pool => new PoolSnapshot(pool.Name, pool.Servers)
        {
            Protocol = Core.Configuration.UpstreamProtocol.Http2, RequestsPerConnection = 2,
        }),
        async world =>
        {
            List<FramePeer> peers = Http2World.Speak(world.Server, (peer, request) => peer.Respond(request, Http2World.Ok, "ok"));
            for (int i = 0; i < 5; i++)
            {
                (await Http2World.AskAsync(world, Http2World.Post)).Status.ShouldBe(200);
            }

            peers.Select(peer => peer.Requests).ShouldBe([2, 2, 1]);
            peers.Select(peer => peer.GoneAway).ShouldBe([Http2ErrorCode.NoError, Http2ErrorCode.NoError, null]);
        });
}
