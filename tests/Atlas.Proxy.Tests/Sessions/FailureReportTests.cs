using Atlas.Core.Configuration;
using Atlas.Core.Resilience;
using Atlas.Engine.Flows;
using Atlas.Engine.Streams;
using Atlas.Proxy.Snapshots;
using Atlas.Simulation;

namespace Atlas.Proxy.Tests.Sessions;

/// <summary>What counts against servers and pools: their own failures, and nothing that clients do.</summary>
public sealed class FailureReportTests
{
    private const int Seeds = 12;
    private const int Enough = 5;

    private readonly RecordingObserver _observer = new();

    public enum Failure
    {
        Refuses,
        Silent,
        Resets,
        NeverAnswers,
        Garbage,
        Status502,
    }

    [Theory]
    [InlineData(Failure.Refuses)]
    [InlineData(Failure.Silent)]
    [InlineData(Failure.Resets)]
    [InlineData(Failure.NeverAnswers)]
    [InlineData(Failure.Garbage)]
    [InlineData(Failure.Status502)]
    public void Server_FailsSeveralClients_IsSuspectedOnce(Failure failure)
    {
        ProxyWorld world = World(1);
        world.Run(async () =>
        {
            Arrange(world, failure);
            for (int i = 0; i < Enough + 2; i++)
            {
                await AskAsync(world, $"192.0.2.{i % 2}");
                (_observer.Suspects.Count > 0).ShouldBe(i >= Enough - 1);
            }

            _observer.Suspects.ShouldBe(["s0"]);
        });
    }

    [Fact]
    public void Server_FailsOneClientOnly_IsToldOfOnceButNotProposed()
    {
        ProxyWorld world = World(1);
        world.Run(async () =>
        {
            Arrange(world, Failure.Status502);
            for (int i = 0; i < 20; i++)
            {
                await AskAsync(world, "192.0.2.1");
            }

            _observer.Suspects.ShouldBe(["s0"]);
            world.Server.State.Outliers.IsProposed.ShouldBeFalse();
        });
    }

    [Fact]
    public void Clients_LeaveBeforeTheResponse_CountAgainstNobody() => ProxyWorld.ForSeeds(
        Seeds,
        World,
        async world =>
        {
            world.Server.Script = turn => DelayAsync(turn, 10_000);
            for (int i = 0; i < 2 * Enough; i++)
            {
                (ByteStream client, WireReader _) = await world.ConnectAsync();
                await client.SendAllAsync(Request($"192.0.2.{i}"));
                await world.DelayAsync(100);
                client.Abort();
                await world.DelayAsync(500);
            }

            _observer.Suspects.ShouldBeEmpty();
            world.Server.State.Outliers.Evidence(world.NowMs).Failures.ShouldBe(0);
        });

    [Fact]
    public void Server_ClosesKeptConnections_IsNoFailureWhereTheRequestIsRepeated() => ProxyWorld.ForSeeds(
        Seeds,
        World,
        async world =>
        {
            // Every second request of a connection meets its end.
            world.Server.Script = async turn =>
            {
                if (turn.Number % 2 == 1)
                {
                    turn.Stream.Abort();
                    return;
                }

                await turn.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
            };
            for (int i = 0; i < 20; i++)
            {
                (await AskAsync(world, $"192.0.2.{i}")).ShouldBe(200);
            }

            world.Server.State.Outliers.Evidence(world.NowMs).Failures.ShouldBe(0);
        });

    [Fact]
    public void Circuit_TooManyFail_OpensAndClosesAfterAProbe()
    {
        var config = new CircuitBreakerConfig { MinRequests = 4, OpenForMs = 3_000 };
        ProxyWorld world = World(1, new CircuitBreaker(config));
        world.Run(async () =>
        {
            Arrange(world, Failure.Status502);
            for (int i = 0; i < 4; i++)
            {
                (await AskAsync(world, "192.0.2.1")).ShouldBe(502);
            }

            world.Pool.CircuitBreaker!.State.ShouldBe(CircuitState.Open);
            int seen = world.Server.Seen.Count;
            WireMessage refused = await ExchangeAsync(world, "192.0.2.1");
            refused.Status.ShouldBe(503);
            refused.Field("retry-after").ShouldBe("3");
            refused.Field("proxy-status").ShouldBe("atlas; error=destination_unavailable");
            world.Server.Seen.Count.ShouldBe(seen);

            await world.DelayAsync(3_000);
            (await AskAsync(world, "192.0.2.1")).ShouldBe(502);
            (await AskAsync(world, "192.0.2.1")).ShouldBe(503);

            await world.DelayAsync(3_000);
            world.Server.Script = turn => turn.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
            (await AskAsync(world, "192.0.2.1")).ShouldBe(200);
            (await AskAsync(world, "192.0.2.1")).ShouldBe(200);
            _observer.Circuit.ShouldBe(
            [
                (CircuitState.Closed, CircuitState.Open),
                (CircuitState.Open, CircuitState.HalfOpen),
                (CircuitState.HalfOpen, CircuitState.Open),
                (CircuitState.Open, CircuitState.HalfOpen),
                (CircuitState.HalfOpen, CircuitState.Closed),
            ]);
        });
    }

    private ProxyWorld World(int seed) => World(seed, breaker: null);

    private ProxyWorld World(int seed, CircuitBreaker? breaker) => new(
        seed,
        SimulationOptions.Calm,
        listener: front => front with { TrustedProxies = [IpNetwork.TryParse("0.0.0.0/0", out IpNetwork all) ? all : default] },
        pool: pool => new PoolSnapshot(pool.Name, pool.Servers)
        {
            ConsecutiveFailures = Enough,
            CircuitBreaker = breaker,
            Observer = _observer,
            ConnectMs = 100,
            ResponseMs = 200,
        });

    private static void Arrange(ProxyWorld world, Failure failure)
    {
        world.Server.Listener.Refuses = failure == Failure.Refuses;
        world.Server.Listener.IsSilent = failure == Failure.Silent;
        world.Server.Script = failure switch
        {
            Failure.Resets => async turn => turn.Stream.Abort(),
            Failure.NeverAnswers => turn => DelayAsync(turn, 10_000),
            Failure.Garbage => turn => turn.SendAsync("HTTP/1.1 2x0 What\r\n\r\n"),
            _ => turn => turn.SendAsync("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"),
        };
    }

    private static async Flow DelayAsync(ServerTurn turn, int ms) => await turn.Loop.DelayAsync(ms);

    private static byte[] Request(string client) =>
        ProxyWorld.Bytes($"GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: {client}\r\n\r\n");

    private static async ResultFlow<int> AskAsync(ProxyWorld world, string client) => (await ExchangeAsync(world, client)).Status;

    private static async ResultFlow<WireMessage> ExchangeAsync(ProxyWorld world, string client)
    {
        (ByteStream stream, WireReader reader) = await world.ConnectAsync();
        await stream.SendAllAsync(Request(client));
        WireMessage response = (await reader.ResponseAsync("GET")).ShouldNotBeNull();
        stream.Close();
        return response;
    }
}
