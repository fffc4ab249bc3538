using Atlas.Engine.Streams;
using Atlas.Simulation;

namespace Atlas.Proxy.Tests.Sessions;

/// <summary>A server that closes a kept connection at the worst moment (§3 of the behaviour).</summary>
public sealed class KeepAliveRaceTests
{
    private const int Seeds = 200;
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    [Theory]
    [InlineData("GET")]
    [InlineData("POST")]
    public void Session_TheCloseCrossesTheNextRequest_OnlyAnIdempotentOneIsRepeated(string method) => ProxyWorld.ForSeeds(
        Seeds,
        seed => new ProxyWorld(seed, SimulationOptions.Rough with { MaxDelayMs = 10, SplitPercent = seed % 2 * 50 }),
        async world =>
        {
            world.Server.Script = async turn =>
            {
                await turn.SendAsync(Ok);
                await turn.Loop.DelayAsync(world.Random.Next(30));
                turn.Stream.Close();
            };
            (ByteStream client, WireReader reader) = await world.ConnectAsync();
            for (int i = 0; i < 5; i++)
            {
                await client.SendAllAsync(Request(method, i));
                WireMessage response = (await reader.ResponseAsync(method)).ShouldNotBeNull();
                response.IsWhole.ShouldBeTrue();
                if (method == "GET")
                {
                    response.Status.ShouldBe(200);
                }

                response.Status.ShouldBeOneOf(200, 502);
                world.Server.Seen.Count(request => request.Target == $"/{i}").ShouldBeLessThanOrEqualTo(1);
                if (response.Field("connection") == "close")
                {
                    (client, reader) = await world.ConnectAsync();
                }

                await world.DelayAsync(world.Random.Next(30));
            }
        });

    [Theory]
    [InlineData("GET", false)]
    [InlineData("GET", true)]
    [InlineData("PUT", true)]
    [InlineData("POST", false)]
    [InlineData("POST", true)]
    public void Session_TheServerTakesTheRequestAndCloses_OnlyAnIdempotentOneIsRepeated(string method, bool resets) => ProxyWorld.ForSeeds(
        Seeds / 4,
        seed => new ProxyWorld(seed),
        async world =>
        {
            world.Server.Script = async turn =>
            {
                if (turn.Number == 0)
                {
                    await turn.SendAsync(Ok);
                }
                else if (resets)
                {
                    turn.Stream.Abort();
                }
                else
                {
                    turn.Stream.Close();
                }
            };
            (ByteStream client, WireReader reader) = await world.ConnectAsync();
            await client.SendAllAsync(Request("GET", 0));
            (await reader.ResponseAsync("GET")).ShouldNotBeNull().Status.ShouldBe(200);
            await world.DelayAsync(world.Random.Next(2) * 700);

            await client.SendAllAsync(Request(method, 1));
            WireMessage response = (await reader.ResponseAsync(method)).ShouldNotBeNull();
            int seen = world.Server.Seen.Count(request => request.Target == "/1");

            // The body of the PUT may be repeated only if all of it was there when the head was sent.
            bool repeats = method == "GET" || (method == "PUT" && seen == 2);
            response.Status.ShouldBe(repeats ? 200 : 502);
            seen.ShouldBe(repeats ? 2 : 1);
            if (method == "PUT" && world.Network.Options == SimulationOptions.Calm)
            {
                repeats.ShouldBeTrue();
            }
        });

    [Fact]
    public void Session_TheServerClosesEveryConnectionAfterTakingTheRequest_TriesAreBounded() => ProxyWorld.ForSeeds(
        Seeds / 4,
        seed => new ProxyWorld(seed),
        async world =>
        {
            // Several kept connections, each of which dies with its next request.
            bool dies = false;
            world.Server.Script = async turn =>
            {
                if (dies)
                {
                    turn.Stream.Close();
                    return;
                }

                await turn.Loop.DelayAsync(100);
                await turn.SendAsync(Ok);
            };
            var clients = new List<(ByteStream Stream, WireReader Reader)>();
            for (int i = 0; i < 8; i++)
            {
                clients.Add(await world.ConnectAsync());
                await clients[i].Stream.SendAllAsync(Request("GET", i));
            }

            foreach ((_, WireReader reader) in clients)
            {
                (await reader.ResponseAsync("GET")).ShouldNotBeNull().Status.ShouldBe(200);
            }

            dies = true;
            await clients[0].Stream.SendAllAsync(Request("GET", 99));
            (await clients[0].Reader.ResponseAsync("GET")).ShouldNotBeNull().Status.ShouldBe(502);
            world.Server.Seen.Count(request => request.Target == "/99").ShouldBeInRange(2, 5);
        });

    private static byte[] Request(string method, int id) => ProxyWorld.Bytes(method is "POST" or "PUT"
        ? $"{method} /{id} HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"
        : $"{method} /{id} HTTP/1.1\r\nHost: a\r\n\r\n");
}
