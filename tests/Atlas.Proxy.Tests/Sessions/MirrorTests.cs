using Atlas.Engine.Flows;
using Atlas.Engine.Streams;
using Atlas.Protocols.Http1;
using Atlas.Proxy.Metrics;
using Atlas.Proxy.Snapshots;
using Atlas.Simulation;

namespace Atlas.Proxy.Tests.Sessions;

/// <summary>Copies of requests: what they hold, and that nothing about them reaches the client.</summary>
public sealed class MirrorTests
{
    private const int Seeds = 40;

    // The first server has the originals, the second the copies.
    private readonly ProxyMetrics _metrics = new(workers: 1);

    [Theory]
    [InlineData("GET /a?b HTTP/1.1\r\nHost: a\r\nX-Own: 1\r\n\r\n", "")]
    [InlineData("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello", "hello")]
    [InlineData("POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\nX-T: 1\r\n\r\n", "hello world")]
    [InlineData("PUT /a HTTP/1.1\r\nHost: a\r\nContent-Length: 65536\r\n\r\n", null)]
    public void Copy_Request_IsTheOriginalsAndMarked(string request, string? body) => ForSeeds(async (world, counts) =>
    {
        body ??= new string('b', 65_536);
        string sent = request.EndsWith("\r\n\r\n", StringComparison.Ordinal) && request.StartsWith("PUT", StringComparison.Ordinal) ? request + body : request;
        await world.AskAsync(sent, 200, "POST");
        await world.DelayAsync(5_000);
        WireMessage original = world.Servers[0].Seen.ShouldHaveSingleItem();
        WireMessage copy = world.Servers[1].Seen.ShouldHaveSingleItem();
        copy.StartLine.ShouldBe(original.StartLine);
        copy.Body.ShouldBe(ProxyWorld.Bytes(body));
        copy.Body.ShouldBe(original.Body);
        copy.Trailers.ShouldBe(original.Trailers);
        copy.Fields.Where(field => field.Name != "atlas-mirror").ShouldBe(original.Fields);
        copy.Field("atlas-mirror").ShouldBe("1");
        original.Field("atlas-mirror").ShouldBeNull();
        counts(MirrorResult.Answered).ShouldBe(1);
    });

    [Fact]
    public void Copy_WhateverTheMirrorDoes_NothingReachesTheClient() => ForSeeds(async (world, counts) =>
    {
        world.Servers[1].Script = async turn =>
        {
            switch (world.Random.Next(7))
            {
                case 0:
                    turn.Stream.Abort();
                    break;
                case 1:
                    await turn.Reader.ToEndAsync();
                    turn.Stream.Close();
                    break;
                case 2:
                    await turn.SendAsync("no response\r\n\r\n");
                    break;
                case 3:
                    await turn.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 2000000\r\n\r\n" + new string('x', 20_000));
                    break;
                case 4:
                    await turn.SendAsync("HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n");
                    break;
                case 5:
                    await turn.SendAsync("HTTP/1.1 500 No\r\n\r\nuntil close");
                    turn.Stream.Close();
                    break;
                default:
                    await turn.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 3000\r\n\r\n" + new string('x', 3_000));
                    break;
            }
        };
        (ByteStream client, WireReader reader) = await world.ConnectAsync();
        for (int i = 0; i < 6; i++)
        {
            await client.SendAllAsync(ProxyWorld.Bytes("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 300\r\n\r\n" + new string('b', 300)));
            WireMessage response = (await reader.ResponseAsync("POST")).ShouldNotBeNull();
            response.Status.ShouldBe(200);
            response.Body.ShouldBe(ProxyWorld.Bytes("ok"));
        }

        await world.DelayAsync(61_000);
        (counts(MirrorResult.Answered) + counts(MirrorResult.Failed)).ShouldBe(6);
        world.Servers[0].Seen.Count.ShouldBe(6);
    });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Copy_DeadMirror_CostsTheOriginalNoTime(bool isSilent)
    {
        ProxyWorld world = World(3, SimulationOptions.Calm);
        world.Servers[1].Listener.IsSilent = isSilent;
        world.Servers[1].Script = async turn => await turn.Reader.ToEndAsync();
        world.Run(async () =>
        {
            long beganMs = world.NowMs;
            await world.AskAsync(Routes.Get("/"), 200);
            (world.NowMs - beganMs).ShouldBeLessThan(100);
        });
        Count(MirrorResult.Failed).ShouldBe(1);
    }

    [Fact]
    public void Copy_MoreThanMayBeUnderWay_IsDropped()
    {
        ProxyWorld world = World(3, SimulationOptions.Calm);
        world.Servers[1].Script = async turn => await turn.Reader.ToEndAsync();
        world.Run(async () =>
        {
            for (int i = 0; i < 130; i++)
            {
                await world.AskAsync(Routes.Get("/"), 200);
            }
        });

        // 128 may be under way on a worker.
        Count(MirrorResult.Dropped).ShouldBe(2);
        Count(MirrorResult.Failed).ShouldBe(128);
    }

    [Theory]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 65537\r\n\r\n", 65_537)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n10001\r\n", 65_537)]
    public void Copy_BodyIsTooLong_IsNotMade(string head, int length)
    {
        ProxyWorld world = World(3, SimulationOptions.Calm);
        string end = head.Contains("chunked", StringComparison.Ordinal) ? "\r\n0\r\n\r\n" : "";
        world.Run(() => Discard(world.AskAsync(head + new string('b', length) + end, 200, "POST")));

        Count(MirrorResult.Unsuited).ShouldBe(1);
        world.Servers[1].Seen.ShouldBeEmpty();
        world.Servers[0].Seen.ShouldHaveSingleItem().Body.Length.ShouldBe(length);
    }

    [Fact]
    public void Copy_OriginalBreaksOff_IsNotMade()
    {
        ProxyWorld world = World(3, SimulationOptions.Calm);
        world.Run(async () =>
        {
            (ByteStream client, _) = await world.ConnectAsync();
            await client.SendAllAsync(ProxyWorld.Bytes("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhello"));
            await world.DelayAsync(100);
            client.Abort();
        });

        Count(MirrorResult.Unsuited).ShouldBe(1);
        world.Servers[1].Seen.ShouldBeEmpty();
    }

    [Fact]
    public void Copy_Connection_IsUsedAgain()
    {
        ProxyWorld world = World(3, SimulationOptions.Calm);
        world.Servers[1].Script = turn => turn.SendAsync(
            turn.Number == 0
                ? "HTTP/1.1 200 OK\r\nContent-Length: 20000\r\n\r\n" + new string('x', 20_000)
                : "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n");
        world.Run(async () =>
        {
            for (int i = 0; i < 3; i++)
            {
                await world.AskAsync(Routes.Get("/"), 200);
                await world.DelayAsync(100);
            }
        });

        world.Servers[1].Seen.Count.ShouldBe(3);
        world.Servers[1].Streams.Count.ShouldBe(1);
    }

    /// <summary>A connection that authenticates, or whose request was repaired, serves no other copy.</summary>
    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n\r\n", 1)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nAuthorization: Basic eA==\r\n\r\n", 1)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nAuthorization: Negotiate eA==\r\n\r\n", 2)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nAuthorization: NTLM eA==\r\n\r\n", 2)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 2)]
    public void Copy_RequestThatIsItsConnectionsLast_IsFollowedOnAnother(string request, int connections)
    {
        ProxyWorld world = World(3, SimulationOptions.Calm, RequestRepairs.All);
        world.Run(async () =>
        {
            for (int i = 0; i < 2; i++)
            {
                await world.AskAsync(request, 200);
                await world.DelayAsync(100);
            }
        });

        world.Servers[1].Seen.Count.ShouldBe(2);
        world.Servers[1].Streams.Count.ShouldBe(connections);
    }

    private static async Flow Discard(ResultFlow<WireMessage> flow) => _ = await flow;

    private long Count(MirrorResult result) => _metrics.Route("front", "mirrored").Mirrored(result);

    private static void ForSeeds(Func<ProxyWorld, Func<MirrorResult, long>, Flow> scenario)
    {
        for (int seed = 0; seed < Seeds; seed++)
        {
            var one = new MirrorTests();
            ProxyWorld world = one.World(seed, options: null);
            try
            {
                world.Run(() => scenario(world, one.Count));
            }
            catch (Exception e) when (e is not SimulationException)
            {
                throw new SimulationException($"seed {seed}: {e.Message}\n{e.StackTrace}");
            }
        }
    }

    private ProxyWorld World(int seed, SimulationOptions? options, RequestRepairs repairs = RequestRepairs.None) =>
        new(seed, options, servers: 2, listener: front => Routes.Of(Mirrored)(front) with { Repairs = repairs });

    private RouteSnapshot[] Mirrored(PoolSnapshot[] pools) =>
    [
        new RouteSnapshot("mirrored")
        {
            Pool = pools[0],
            Mirror = new MirrorSnapshot(pools[1], 1),
            Metrics = _metrics.Route("front", "mirrored"),
        },
    ];
}
