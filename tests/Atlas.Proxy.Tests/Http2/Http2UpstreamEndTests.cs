using System.Text;
using Atlas.Engine.Streams;
using Atlas.Protocols.Http2;
using Atlas.Proxy.Tests.Sessions;
using Atlas.Simulation;

namespace Atlas.Proxy.Tests.Http2;

/// <summary>Servers of HTTP/2 that refuse requests, reset them, go away or break off.</summary>
public sealed class Http2UpstreamEndTests
{
    private const int Seeds = 60;

    [Theory]
    [InlineData(Http2World.Get)]
    [InlineData(Http2World.Post)]
    public void RefusedStream_IsSentAgain(string request) => ProxyWorld.ForSeeds(Seeds, seed => Http2World.Make(seed, options: Http2World.Whole), async world =>
    {
        int asked = 0;
        Http2World.Speak(world.Server, (peer, each) => peer.Respond(each, Http2World.Ok, "ok"), (peer, each) =>
        {
            if (asked++ < 2)
            {
                peer.Reset(each, Http2ErrorCode.RefusedStream);
            }
        });

        (await Http2World.AskAsync(world, request)).Status.ShouldBe(200);

        asked.ShouldBe(3);
    });

    [Fact]
    public void RefusedStream_Always_Is502() => ProxyWorld.ForSeeds(Seeds, seed => Http2World.Make(seed, options: Http2World.Whole), async world =>
    {
        int asked = 0;
        Http2World.Speak(world.Server, (_, _) => { }, (peer, each) =>
        {
            asked++;
            peer.Reset(each, Http2ErrorCode.RefusedStream);
        });

        (await Http2World.AskAsync(world, Http2World.Post)).Status.ShouldBe(502);

        asked.ShouldBe(3);
    });

    [Fact]
    public void RefusedStream_GoesToAnotherServerThen() =>
        ProxyWorld.ForSeeds(Seeds, seed => Http2World.Make(seed, servers: 2, Http2World.Whole), async world =>
    {
        Http2World.Speak(world.Servers[0], (_, _) => { }, (peer, each) => peer.Reset(each, Http2ErrorCode.RefusedStream));
        Http2World.Speak(world.Servers[1], (peer, request) => peer.Respond(request, Http2World.Ok, request.Body.Length > 0 ? "ok" : "no"));

        for (int i = 0; i < 4; i++)
        {
            (await Http2World.AskAsync(world, Http2World.Post)).Status.ShouldBe(200);
        }
    });

    [Fact]
    public void GoAway_BelowTheRequest_SendsItAgainElsewhere() =>
        ProxyWorld.ForSeeds(Seeds, seed => Http2World.Make(seed, options: Http2World.Whole), async world =>
    {
        var served = new List<(int Connection, string Target)>();
        List<FramePeer> peers = Http2World.Speak(
            world.Server,
            (peer, request) =>
            {
                if (peer.Number > 1 || request.Id == 1)
                {
                    served.Add((peer.Number, request.Target));
                    peer.Respond(request, Http2World.Ok, "ok");
                }
            },
            (peer, request) =>
            {
                if (peer.Number == 1 && request.Id == 3)
                {
                    peer.GoAway(1);
                }
            });

        (await Http2World.AskAsync(world, Http2World.Post)).Status.ShouldBe(200);
        (await Http2World.AskAsync(world, Http2World.Post.Replace("/a", "/b", StringComparison.Ordinal))).Status.ShouldBe(200);

        served.ShouldBe([(1, "/a"), (2, "/b")]);
        await world.DelayAsync(1_000);
        peers[0].Stream.IsClosed.ShouldBeTrue("the connection closes when it has nothing left to do");
    });

    [Fact]
    public void GoAway_LetsTheRequestsUnderWayEnd() => ProxyWorld.ForSeeds(Seeds, seed => Http2World.Make(seed), async world =>
    {
        var waiting = new List<(FramePeer Peer, FrameRequest Request)>();
        List<FramePeer> peers = Http2World.Speak(world.Server, (peer, request) => waiting.Add((peer, request)));
        (ByteStream client, WireReader reader) = await world.ConnectAsync();
        await client.SendAllAsync(ProxyWorld.Bytes(Http2World.Get));
        await Http2World.UntilAsync(world, () => waiting.Count == 1);
        peers[0].GoAway(int.MaxValue);
        await peers[0].FlushAsync();
        await world.DelayAsync(2_000);
        (ByteStream second, WireReader secondReader) = await world.ConnectAsync();
        await second.SendAllAsync(ProxyWorld.Bytes(Http2World.Get));
        await Http2World.UntilAsync(world, () => waiting.Count == 2);

        foreach ((FramePeer peer, FrameRequest request) in waiting)
        {
            peer.Respond(request, Http2World.Ok, "ok");
            await peer.FlushAsync();
        }

        (await reader.ResponseAsync("GET")).ShouldNotBeNull().Status.ShouldBe(200);
        (await secondReader.ResponseAsync("GET")).ShouldNotBeNull().Status.ShouldBe(200);
        waiting.Select(each => each.Peer.Number).ShouldBe([1, 2]);
    });

    [Theory]
    [InlineData(Http2World.Get, 200)]
    [InlineData(Http2World.Post, 502)]
    public void Reset_BeforeTheHead_IsTriedAgainIfItMay(string request, int status) => ProxyWorld.ForSeeds(
        Seeds,
        seed => Http2World.Make(seed, servers: 2),
        async world =>
        {
            int asked = 0;
            foreach (WireServer server in world.Servers)
            {
                Http2World.Speak(server, (peer, each) =>
                {
                    if (asked++ == 0)
                    {
                        peer.Reset(each, Http2ErrorCode.InternalError);
                    }
                    else
                    {
                        peer.Respond(each, Http2World.Ok, "ok");
                    }
                });
            }

            WireMessage response = await Http2World.AskAsync(world, request);

            response.Status.ShouldBe(status);
        });

    [Fact]
    public void Reset_AfterTheHead_BreaksOff() => ProxyWorld.ForSeeds(Seeds, seed => Http2World.Make(seed), async world =>
    {
        Http2World.Speak(world.Server, (peer, request) =>
        {
            peer.Respond(request, "HTTP/1.1 200 OK\r\n\r\n", "some", ends: false);
            peer.Raw(Http2FrameType.ResetStream, 0, request.Id, [0, 0, 0, 2]);
        });

        (await Http2World.AskAsync(world, Http2World.Get)).IsWhole.ShouldBeFalse();
    });

    [Fact]
    public void Reset_AfterTheEnd_TakesNothingBack() => ProxyWorld.ForSeeds(Seeds, seed => Http2World.Make(seed), async world =>
    {
        Http2World.Speak(world.Server, (_, _) => { }, (peer, request) =>
        {
            peer.Respond(request, "HTTP/1.1 413 Content Too Large\r\nContent-Length: 2\r\n\r\n", "no");
            peer.Raw(Http2FrameType.ResetStream, 0, request.Id, [0, 0, 0, 0]);
        });

        WireMessage response = await Http2World.AskAsync(world, "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\nsome of it");

        response.Status.ShouldBe(413);
        Encoding.ASCII.GetString(response.Body).ShouldBe("no");
    });

    [Fact]
    public void Connection_ThatBreaks_FailsAllOfItsRequests() => ProxyWorld.ForSeeds(Seeds, seed => Http2World.Make(seed), async world =>
    {
        int asked = 0;
        Http2World.Speak(world.Server, (peer, _) =>
        {
            if (++asked == 3)
            {
                peer.Stream.Abort();
            }
        });
        int done = 0;
        for (int i = 0; i < 3; i++)
        {
            world.Guard(async () =>
            {
                (await Http2World.AskAsync(world, Http2World.Post)).Status.ShouldBe(502);
                done++;
            });
        }

        await Http2World.UntilAsync(world, () => done == 3);
    });

    [Fact]
    public void Close_BetweenRequests_CostsNone() => ProxyWorld.ForSeeds(Seeds, seed => Http2World.Make(seed), async world =>
    {
        List<FramePeer> peers = Http2World.Speak(world.Server, (peer, request) => peer.Respond(request, Http2World.Ok, "ok"));
        for (int i = 0; i < 4; i++)
        {
            (await Http2World.AskAsync(world, Http2World.Get)).Status.ShouldBe(200);
            if (i % 2 == 0)
            {
                peers[^1].Stream.Close();
            }

            await world.DelayAsync(world.Random.Next(30));
        }
    });

    [Fact]
    public void Silence_Is504_AndNoMoreGoesThere() => ProxyWorld.ForSeeds(
        Seeds,
        seed => Http2World.Make(seed, options: Http2World.Whole, pool: pool => Http2World.Pool(pool, responseMs: 5_000)),
        async world =>
        {
            List<FramePeer> peers = Http2World.Speak(world.Server, (peer, request) =>
            {
                if (peer.Number > 1)
                {
                    peer.Respond(request, Http2World.Ok, "ok");
                }
            });

            (await Http2World.AskAsync(world, Http2World.Post)).Status.ShouldBe(504);
            (await Http2World.AskAsync(world, Http2World.Post)).Status.ShouldBe(200);

            peers.Count.ShouldBe(2);
            await Http2World.UntilAsync(world, () => peers[0].Stream.IsClosed);
            peers[0].Resets.ShouldBe([Http2ErrorCode.Cancel]);
        });
}
