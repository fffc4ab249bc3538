using System.Text;
using Atlas.Core.Configuration;
using Atlas.Core.Resilience;
using Atlas.Engine.Flows;
using Atlas.Engine.Streams;
using Atlas.Proxy.Retries;
using Atlas.Proxy.Snapshots;
using Atlas.Simulation;

namespace Atlas.Proxy.Tests.Sessions;

/// <summary>Requests that are tried again, and those that must not be.</summary>
public sealed class RetryTests
{
    private const int Seeds = 24;
    private const string Unavailable = "HTTP/1.1 503 Service Unavailable\r\nX-From: server\r\nContent-Length: 4\r\n\r\nbusy";

    [Fact]
    public void Refused_AllServersButOne_TheLastGetsEveryRequest() => ProxyWorld.ForSeeds(
        Seeds,
        seed => World(seed, servers: 8, new RetryConfig { Attempts = 0 }),
        async world =>
        {
            world.Servers.Skip(1).ToList().ForEach(server => server.Listener.Refuses = true);
            for (int i = 0; i < 10; i++)
            {
                (await AskAsync(world, i % 2 == 0 ? "GET" : "POST")).Status.ShouldBe(200);
            }

            world.Server.Seen.Count.ShouldBe(10);
            world.Pool.RetryBudget.Retries.ShouldBe(0);
        });

    [Fact]
    public void Refused_AllServers_IsTriedAtEachOnce() => ProxyWorld.ForSeeds(
        4,
        seed => World(seed, servers: 3, new RetryConfig()),
        async world =>
        {
            world.Servers.ForEach(server => server.Listener.Refuses = true);
            (await AskAsync(world, "GET")).Status.ShouldBe(502);
            world.Network.ElapsedMs.ShouldBeLessThan(1_000);
        });

    [Fact]
    public void Refused_AfterSixteenServers_Ends() => ProxyWorld.ForSeeds(
        4,
        seed => World(seed, servers: 20, new RetryConfig()),
        async world =>
        {
            world.Servers.ForEach(server => server.Listener.Refuses = true);
            (await AskAsync(world, "GET")).Status.ShouldBe(502);
        });

    [Fact]
    public void Refused_PolicyWithoutConnectFailure_IsNotTriedElsewhere() => ProxyWorld.ForSeeds(
        4,
        seed => World(seed, servers: 2, new RetryConfig { OnConnectFailure = false }),
        async world =>
        {
            world.Servers.ForEach(server => server.Listener.Refuses = true);
            world.Servers[1].Listener.Refuses = false;
            int failed = 0;
            for (int i = 0; i < 4; i++)
            {
                failed += (await AskAsync(world, "GET")).Status == 502 ? 1 : 0;
            }

            failed.ShouldBe(2);
        });

    [Fact]
    public void ConnectTimeout_CountsAsAnAttempt_AndTheNextServerHasItsOwnTime()
    {
        var world = new ProxyWorld(1, SimulationOptions.Calm, servers: 3, pool: pool => With(pool, new RetryConfig { Attempts = 1 }));
        world.Run(async () =>
        {
            world.Servers.Take(2).ToList().ForEach(server => server.Listener.IsSilent = true);
            (await AskAsync(world, "GET")).Status.ShouldBe(504);
            world.Network.ElapsedMs.ShouldBe(2 * world.Pool.ConnectMs);
            world.Servers[2].Seen.ShouldBeEmpty();
        });
    }

    [Theory]
    [InlineData("GET", 1, "ok")]
    [InlineData("DELETE", 1, "ok")]
    [InlineData("POST", 1, "busy")]
    [InlineData("GET", 0, "busy")]
    public void Status_OfThePolicy_GoesToAnotherServerIfItMay(string method, int attempts, string expected) => ProxyWorld.ForSeeds(
        Seeds,
        seed => World(seed, servers: 2, new RetryConfig { Attempts = attempts, OnStatuses = [503] }),
        async world =>
        {
            world.Server.Script = turn => turn.SendAsync(Unavailable);
            WireMessage response = await AskAsync(world, method);
            Encoding.ASCII.GetString(response.Body).ShouldBe(expected);
            world.Servers[0].Seen.Count.ShouldBe(1);
            world.Servers[1].Seen.Count.ShouldBe(expected == "ok" ? 1 : 0);
            world.Pool.RetryBudget.Retries.ShouldBe(0);
        });

    [Fact]
    public void Status_OfAllServers_TheLastOneReachesTheClient() => ProxyWorld.ForSeeds(
        Seeds,
        seed => World(seed, servers: 3, new RetryConfig { Attempts = 10, OnStatuses = [503] }),
        async world =>
        {
            world.Servers.ForEach(server => server.Script = turn => turn.SendAsync(Unavailable));
            WireMessage response = await AskAsync(world, "GET");
            response.Status.ShouldBe(503);
            response.Field("x-from").ShouldBe("server");
            world.Servers.ShouldAllBe(server => server.Seen.Count == 1);
        });

    [Theory]
    [InlineData("1", 1_000, 200)]
    [InlineData("60", 0, 503)]
    public void Status_WithRetryAfter_WaitsForItUpToABound(string retryAfter, int waitsMs, int status)
    {
        var world = new ProxyWorld(
            1, SimulationOptions.Calm, servers: 2, pool: pool => With(pool, new RetryConfig { OnStatuses = [503] }));
        world.Run(async () =>
        {
            world.Server.Script = turn => turn.SendAsync(
                $"HTTP/1.1 503 Service Unavailable\r\nRetry-After: {retryAfter}\r\nContent-Length: 0\r\n\r\n");
            (await AskAsync(world, "GET")).Status.ShouldBe(status);
            world.Network.ElapsedMs.ShouldBe(waitsMs);
        });
    }

    [Fact]
    public void Status_AfterAnInterimResponse_IsRelayed() => ProxyWorld.ForSeeds(
        Seeds,
        seed => World(seed, servers: 2, new RetryConfig { OnStatuses = [503] }),
        async world =>
        {
            world.Server.Script = turn => turn.SendAsync("HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n" + Unavailable);
            (ByteStream client, WireReader reader) = await world.ConnectAsync();
            await client.SendAllAsync(Request("GET"));
            (await reader.FinalResponseAsync("GET")).ShouldNotBeNull().Status.ShouldBe(503);
            world.Servers[1].Seen.ShouldBeEmpty();
        });

    [Fact]
    public void Status_OtherServersAreFull_IsRelayedAtOnce() => ProxyWorld.ForSeeds(
        Seeds,
        seed => World(seed, servers: 2, new RetryConfig { OnStatuses = [503] }),
        async world =>
        {
            world.Server.Script = turn => turn.SendAsync(Unavailable);
            world.Servers[1].State.Balancing.Configure(new ServerConfig { MaxConnections = 1 });
            world.Servers[1].State.Balancing.TryBegin().ShouldBeTrue();
            (await AskAsync(world, "GET")).Status.ShouldBe(503);
            world.Servers[1].State.Balancing.End();
        });

    [Fact]
    public void Retries_PastTheBudget_AreNotMade()
    {
        var world = new ProxyWorld(
            1, SimulationOptions.Calm, servers: 2, pool: pool => With(pool, new RetryConfig { OnStatuses = [503] }));
        world.Run(async () =>
        {
            // Those tried again hang, so that they hold their places.
            var release = new LoopSignal(world.Loop);
            world.Servers.ForEach(server => server.Script = async turn =>
            {
                if (server == world.Server)
                {
                    await turn.SendAsync(Unavailable);
                    return;
                }

                await release;
                await turn.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
            });
            int busy = 0;
            int ok = 0;
            var done = new LoopSignal(world.Loop);
            for (int i = 0; i < 12; i++)
            {
                world.Guard(async () =>
                {
                    WireMessage response = await AskAsync(world, "GET", keepsTurn: true);
                    busy += response.Status == 503 ? 1 : 0;
                    ok += response.Status == 200 ? 1 : 0;
                    if (busy + ok == 12)
                    {
                        done.Set();
                    }
                });
            }

            await world.DelayAsync(1_000);
            world.Pool.RetryBudget.Retries.ShouldBe(RetryBudget.MinRetries);
            busy.ShouldBe(3, "six went to the server that is busy");
            release.Set();
            await done;
            ok.ShouldBe(9);
            world.Pool.RetryBudget.Retries.ShouldBe(0);
        });
    }

    [Fact]
    public void Reset_OnANewConnection_IsRepeatedElsewhereAfterAPause() => ProxyWorld.ForSeeds(
        Seeds,
        seed => World(seed, servers: 2, new RetryConfig()),
        async world =>
        {
            world.Server.Script = async turn => turn.Stream.Abort();
            (await AskAsync(world, "GET")).Status.ShouldBe(200);
            (await AskAsync(world, "GET")).Status.ShouldBe(200);
            world.Servers.ShouldAllBe(server => server.Seen.Count == 2);
        });

    [Theory]
    [InlineData(0.2, 12)]
    [InlineData(0, 6)]
    public void Resets_ManyAtOnce_AreRepeatedOnceWhateverTheBudgetUnlessItIsNone(double budget, int expected)
    {
        var world = new ProxyWorld(
            1, SimulationOptions.Calm, servers: 2, pool: pool => With(pool, new RetryConfig { BudgetShare = budget }));
        world.Run(async () =>
        {
            world.Server.Script = async turn => turn.Stream.Abort();
            int ok = 0;
            int answered = 0;
            var done = new LoopSignal(world.Loop);
            for (int i = 0; i < 12; i++)
            {
                world.Guard(async () =>
                {
                    WireMessage response = await AskAsync(world, "GET", keepsTurn: true);
                    ok += response.Status == 200 ? 1 : 0;
                    if (++answered == 12)
                    {
                        done.Set();
                    }
                });
            }

            await done;
            ok.ShouldBe(expected);
            world.Pool.RetryBudget.Retries.ShouldBe(0);
        });
    }

    [Fact]
    public void Client_LeavesDuringThePause_EndsTheRequest() => ProxyWorld.ForSeeds(
        Seeds,
        seed => World(seed, servers: 2, new RetryConfig { OnStatuses = [503] }),
        async world =>
        {
            world.Server.Script = turn => turn.SendAsync(
                "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 4\r\nContent-Length: 0\r\n\r\n");
            (ByteStream client, WireReader _) = await world.ConnectAsync();
            await client.SendAllAsync(Request("GET"));
            while (world.Pool.RetryBudget.Retries == 0)
            {
                await world.DelayAsync(1);
            }

            world.Servers[1].State.Balancing.Active.ShouldBe(0, "a pause of seconds keeps no slot");
            client.Abort();
            await world.DelayAsync(1_000);
            world.Servers.ShouldAllBe(server => server.State.Balancing.Active == 0);
            world.Pool.RetryBudget.Retries.ShouldBe(0);
            world.Servers[1].Seen.ShouldBeEmpty();
        });

    private static ProxyWorld World(int seed, int servers, RetryConfig retry) =>
        new(seed, servers: servers, pool: pool => With(pool, retry));

    private static PoolSnapshot With(PoolSnapshot pool, RetryConfig retry) =>
        new(pool.Name, pool.Servers) { Retry = RetryPolicy.Of(retry), RetryShare = retry.BudgetShare };

    private static byte[] Request(string method) => ProxyWorld.Bytes(method == "POST"
        ? $"{method} / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"
        : $"{method} / HTTP/1.1\r\nHost: a\r\n\r\n");

    private static async ResultFlow<WireMessage> AskAsync(ProxyWorld world, string method, bool keepsTurn = false)
    {
        (ByteStream client, WireReader reader) = await world.ConnectAsync();
        await client.SendAllAsync(Request(method));
        WireMessage response = (await reader.ResponseAsync(method)).ShouldNotBeNull();
        if (!keepsTurn)
        {
            client.Close();
        }

        return response;
    }
}
