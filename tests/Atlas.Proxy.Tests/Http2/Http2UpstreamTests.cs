using System.Globalization;
using System.Text;
using Atlas.Engine.Streams;
using Atlas.Protocols.Http2;
using Atlas.Proxy.Snapshots;
using Atlas.Proxy.Tests.Sessions;
using Atlas.Simulation;

namespace Atlas.Proxy.Tests.Http2;

/// <summary>Servers that speak HTTP/2, well and badly, over networks that split and delay.</summary>
public sealed class Http2UpstreamTests
{
    private const int Seeds = 60;
    // Bodies come together with their heads, so that they are still at hand when a request has to be sent again.
    private static readonly SimulationOptions Whole = SimulationOptions.Rough with { SplitPercent = 0 };

    private const string Get = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n";
    private const string Post = "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nbody";

    [Fact]
    public void Get_IsAnswered() => ProxyWorld.ForSeeds(Seeds, seed => Http2World.Make(seed), async world =>
    {
        List<FramePeer> peers = Http2World.Speak(world.Server, (peer, request) => peer.Respond(request, Http2World.Ok, "ok"));
        for (int i = 0; i < 3; i++)
        {
            WireMessage response = await Http2World.AskAsync(world, Get);
            response.Status.ShouldBe(200);
            Encoding.ASCII.GetString(response.Body).ShouldBe("ok");
        }

        peers.Count.ShouldBe(1);
        peers[0].Resets.ShouldBeEmpty();
    });

    [Fact]
    public void Body_InChunks_GoesWithoutThem() => ProxyWorld.ForSeeds(Seeds, seed => Http2World.Make(seed), async world =>
    {
        FrameRequest? seen = null;
        Http2World.Speak(world.Server, (peer, request) =>
        {
            seen = request;
            peer.Respond(request, "HTTP/1.1 200 OK\r\n\r\n", "some", ends: false);
            peer.Send(request, " more", ends: false);
            peer.Trail(request, "x-sum: 9\r\n\r\n");
        });

        WireMessage response = await Http2World.AskAsync(
            world, "POST /a HTTP/1.1\r\nHost: h\r\nTE: trailers\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\nx-count: 5\r\n\r\n");

        Encoding.ASCII.GetString(response.Body).ShouldBe("some more");
        response.Trailers.ShouldContain(("x-sum", "9"));
        seen.ShouldNotBeNull().Body.ShouldBe("abcde");
        seen.Trailers.ShouldBe("x-count: 5\r\n\r\n");
        seen.Head.ShouldNotContain("content-length");
    });

    [Fact]
    public void Interim_IsPassedOn() => ProxyWorld.ForSeeds(Seeds, seed => Http2World.Make(seed), async world =>
    {
        Http2World.Speak(world.Server, (peer, request) =>
        {
            peer.Respond(request, "HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n", ends: false);
            peer.Respond(request, Http2World.Ok, "ok");
        });
        (ByteStream client, WireReader reader) = await world.ConnectAsync();
        await client.SendAllAsync(ProxyWorld.Bytes(Get));

        (await reader.ResponseAsync("GET")).ShouldNotBeNull().Status.ShouldBe(103);
        (await reader.ResponseAsync("GET")).ShouldNotBeNull().Status.ShouldBe(200);
    });

    [Theory]
    [InlineData(Get)]
    [InlineData(Post)]
    public void RefusedStream_IsSentAgain(string request) => ProxyWorld.ForSeeds(Seeds, seed => Http2World.Make(seed, options: Whole), async world =>
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
    public void RefusedStream_Always_Is502() => ProxyWorld.ForSeeds(Seeds, seed => Http2World.Make(seed, options: Whole), async world =>
    {
        int asked = 0;
        Http2World.Speak(world.Server, (_, _) => { }, (peer, each) =>
        {
            asked++;
            peer.Reset(each, Http2ErrorCode.RefusedStream);
        });

        (await Http2World.AskAsync(world, Post)).Status.ShouldBe(502);

        asked.ShouldBe(3);
    });

    [Fact]
    public void RefusedStream_GoesToAnotherServerThen() => ProxyWorld.ForSeeds(Seeds, seed => Http2World.Make(seed, servers: 2, Whole), async world =>
    {
        Http2World.Speak(world.Servers[0], (_, _) => { }, (peer, each) => peer.Reset(each, Http2ErrorCode.RefusedStream));
        Http2World.Speak(world.Servers[1], (peer, request) => peer.Respond(request, Http2World.Ok, request.Body.Length > 0 ? "ok" : "no"));

        for (int i = 0; i < 4; i++)
        {
            (await Http2World.AskAsync(world, Post)).Status.ShouldBe(200);
        }
    });

    [Fact]
    public void GoAway_BelowTheRequest_SendsItAgainElsewhere() => ProxyWorld.ForSeeds(Seeds, seed => Http2World.Make(seed, options: Whole), async world =>
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

        (await Http2World.AskAsync(world, Post)).Status.ShouldBe(200);
        (await Http2World.AskAsync(world, Post.Replace("/a", "/b", StringComparison.Ordinal))).Status.ShouldBe(200);

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
        await client.SendAllAsync(ProxyWorld.Bytes(Get));
        await UntilAsync(world, () => waiting.Count == 1);
        peers[0].GoAway(int.MaxValue);
        await peers[0].FlushAsync();
        await world.DelayAsync(2_000);
        (ByteStream second, WireReader secondReader) = await world.ConnectAsync();
        await second.SendAllAsync(ProxyWorld.Bytes(Get));
        await UntilAsync(world, () => waiting.Count == 2);

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
    [InlineData(Get, 200)]
    [InlineData(Post, 502)]
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

        (await Http2World.AskAsync(world, Get)).IsWhole.ShouldBeFalse();
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
                (await Http2World.AskAsync(world, Post)).Status.ShouldBe(502);
                done++;
            });
        }

        await UntilAsync(world, () => done == 3);
    });

    [Fact]
    public void Close_BetweenRequests_CostsNone() => ProxyWorld.ForSeeds(Seeds, seed => Http2World.Make(seed), async world =>
    {
        List<FramePeer> peers = Http2World.Speak(world.Server, (peer, request) => peer.Respond(request, Http2World.Ok, "ok"));
        for (int i = 0; i < 4; i++)
        {
            (await Http2World.AskAsync(world, Get)).Status.ShouldBe(200);
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
        seed => Http2World.Make(seed, options: Whole, pool: pool => Http2World.Pool(pool, responseMs: 5_000)),
        async world =>
        {
            List<FramePeer> peers = Http2World.Speak(world.Server, (peer, request) =>
            {
                if (peer.Number > 1)
                {
                    peer.Respond(request, Http2World.Ok, "ok");
                }
            });

            (await Http2World.AskAsync(world, Post)).Status.ShouldBe(504);
            (await Http2World.AskAsync(world, Post)).Status.ShouldBe(200);

            peers.Count.ShouldBe(2);
            await UntilAsync(world, () => peers[0].Stream.IsClosed);
            peers[0].Resets.ShouldBe([Http2ErrorCode.Cancel]);
        });

    [Fact]
    public void Client_ThatLeaves_CancelsItsRequestAlone() => ProxyWorld.ForSeeds(Seeds, seed => Http2World.Make(seed), async world =>
    {
        int asked = 0;
        List<FramePeer> peers = Http2World.Speak(world.Server, (peer, request) =>
        {
            if (asked++ > 0)
            {
                peer.Respond(request, Http2World.Ok, "ok");
            }
        });
        (ByteStream client, _) = await world.ConnectAsync();
        await client.SendAllAsync(ProxyWorld.Bytes(Get));
        await UntilAsync(world, () => asked == 1);

        client.Abort();

        await UntilAsync(world, () => peers[0].Resets.Count == 1);
        peers[0].Resets.ShouldBe([Http2ErrorCode.Cancel]);
        (await Http2World.AskAsync(world, Get)).Status.ShouldBe(200);
        peers.Count.ShouldBe(1);
    });

    [Fact]
    public void Response_ThatBreaksTheRules_Is502_AndOthersGoOn() => ProxyWorld.ForSeeds(Seeds, seed => Http2World.Make(seed), async world =>
    {
        List<FramePeer> peers = Http2World.Speak(world.Server, (peer, request) =>
        {
            if (request.Target == "/bad")
            {
                // A field alone, without a status.
                peer.Raw(Http2FrameType.Headers, 5, request.Id, [0x00, 0x01, (byte)'a', 0x01, (byte)'b']);
            }
            else
            {
                peer.Respond(request, Http2World.Ok, "ok");
            }
        });

        WireMessage bad = await Http2World.AskAsync(world, Post.Replace("/a", "/bad", StringComparison.Ordinal));
        bad.Status.ShouldBe(502);
        bad.Field("proxy-status").ShouldNotBeNull().ShouldContain("http_protocol_error");
        (await Http2World.AskAsync(world, Get)).Status.ShouldBe(200);
        peers.Count.ShouldBe(1);
    });

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

            WireMessage response = await Http2World.AskAsync(world, Post);

            response.Status.ShouldBe(speaks ? 502 : 504);
        });

    [Fact]
    public void Server_ThatRefusesConnections_GivesWayToAnother() => ProxyWorld.ForSeeds(Seeds, seed => Http2World.Make(seed, servers: 2), async world =>
    {
        world.Servers[0].Listener.Close();
        Http2World.Speak(world.Servers[1], (peer, request) => peer.Respond(request, Http2World.Ok, "ok"));

        for (int i = 0; i < 4; i++)
        {
            (await Http2World.AskAsync(world, Post)).Status.ShouldBe(200);
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
                    (await Http2World.AskAsync(world, Get)).Status.ShouldBe(200);
                    done++;
                });
            }

            await UntilAsync(world, () => waiting.Count == 10);
            peers.Count.ShouldBe(3);
            peers.ShouldAllBe(peer => peer.Requests <= 4);
            foreach ((FramePeer peer, FrameRequest request) in waiting)
            {
                peer.Respond(request, Http2World.Ok, "ok");
                await peer.FlushAsync();
            }

            await UntilAsync(world, () => done == 10);
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
                (await Http2World.AskAsync(world, Post)).Status.ShouldBe(200);
                done++;
            });
        }

        await UntilAsync(world, () => waiting.Count == 6);
        peers.Sum(peer => peer.Requests).ShouldBe(6);
        peers.Count.ShouldBeLessThanOrEqualTo(6);
        foreach ((FramePeer peer, FrameRequest request) in waiting)
        {
            peer.Respond(request, Http2World.Ok, "ok");
            await peer.FlushAsync();
        }

        await UntilAsync(world, () => done == 6);
    });

    [Fact]
    public void Server_ThatTakesNone_IsGivenUp() => ProxyWorld.ForSeeds(Seeds, seed => Http2World.Make(seed), async world =>
    {
        List<FramePeer> peers = Http2World.Speak(world.Server, (_, _) => { }, limits: Http2Limits.Default with { Streams = 0 });

        (await Http2World.AskAsync(world, Get)).Status.ShouldBe(502);

        peers.Count.ShouldBeLessThanOrEqualTo(8);
    });

    [Fact]
    public void Connection_OfItsAge_TakesNoMore() => ProxyWorld.ForSeeds(
        Seeds,
        seed => Http2World.Make(seed, options: Whole, pool: pool => new PoolSnapshot(pool.Name, pool.Servers)
        {
            Protocol = Core.Configuration.UpstreamProtocol.Http2, RequestsPerConnection = 2,
        }),
        async world =>
        {
            List<FramePeer> peers = Http2World.Speak(world.Server, (peer, request) => peer.Respond(request, Http2World.Ok, "ok"));
            for (int i = 0; i < 5; i++)
            {
                (await Http2World.AskAsync(world, Post)).Status.ShouldBe(200);
            }

            peers.Select(peer => peer.Requests).ShouldBe([2, 2, 1]);
            peers.Select(peer => peer.GoneAway).ShouldBe([Http2ErrorCode.NoError, Http2ErrorCode.NoError, null]);
        });

    [Fact]
    public void WebSocket_GoesAsExtendedConnect() => ProxyWorld.ForSeeds(Seeds, seed => Http2World.Make(seed), async world =>
    {
        Http2World.Speak(world.Server, (_, _) => { }, (peer, request) =>
        {
            request.Head.ShouldContain("upgrade: websocket");
            request.OnContent = (content, isEnd) => peer.Send(request, content.ToUpperInvariant() + (isEnd ? "." : ""), isEnd);
            peer.Respond(request, "HTTP/1.1 101 Switching Protocols\r\nsec-websocket-protocol: chat\r\n\r\n", ends: false);
        });
        (ByteStream client, WireReader reader) = await world.ConnectAsync();
        await client.SendAllAsync(ProxyWorld.Bytes(
            "GET /ws HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"));

        WireMessage response = (await reader.HeadAsync()).ShouldNotBeNull();
        response.Status.ShouldBe(101);
        response.Field("sec-websocket-accept").ShouldBe("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
        response.Field("sec-websocket-protocol").ShouldBe("chat");
        await client.SendAllAsync(ProxyWorld.Bytes("hello"));
        client.ShutdownSend();

        Encoding.ASCII.GetString(await reader.ToEndAsync()).ShouldBe("HELLO.");
    });

    [Fact]
    public void WebSocket_WithoutThem_Is502() => ProxyWorld.ForSeeds(Seeds, seed => Http2World.Make(seed), async world =>
    {
        world.Server.OnConnect = async turn =>
        {
            await turn.SendAsync("\0\0\0\u0004\0\0\0\0\0");
            await turn.Reader.ToEndAsync();
            return true;
        };

        WireMessage response = await Http2World.AskAsync(
            world, "GET /ws HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");

        response.Status.ShouldBe(502);
    });

    [Fact]
    public void LargeBodies_PassBothWays() => ProxyWorld.ForSeeds(Seeds / 3, seed => Http2World.Make(seed, options: SimulationOptions.Rough), async world =>
    {
        string body = new('x', 300_000);
        Http2World.Speak(world.Server, (peer, request) => peer.Respond(
            request, string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 200 OK\r\nx-length: {request.Body.Length}\r\n\r\n"), request.Body[..60_000]));

        WireMessage response = await Http2World.AskAsync(
            world, string.Create(CultureInfo.InvariantCulture, $"POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: {body.Length}\r\n\r\n{body}"));

        response.Field("x-length").ShouldBe("300000");
        response.Body.Length.ShouldBe(60_000);
    });

    private static async Engine.Flows.Flow UntilAsync(ProxyWorld world, Func<bool> condition)
    {
        for (int i = 0; i < 200_000 && !condition(); i++)
        {
            await world.DelayAsync(1);
        }

        condition().ShouldBeTrue();
    }
}
