using System.Text.Json;
using Atlas.Core.Configuration;
using Atlas.Core.Health;
using Atlas.Core.Resilience;
using Atlas.Engine.Flows;
using Atlas.Proxy.Logging;
using Atlas.Proxy.Snapshots;
using Atlas.Proxy.Tests.Logging;
using Atlas.Simulation;

namespace Atlas.Proxy.Tests.Sessions;

/// <summary>What the log says of requests that the proxy ends itself.</summary>
public sealed class OwnAnswerTests
{
    private const int LongMs = 60_000;
    private const string Get = "GET /x HTTP/1.1\r\nHost: a\r\n\r\n";

    private enum Pool
    {
        NoServer,
        QueueFull,
        QueueTimeout,
        CircuitOpen,
    }

    [Theory]
    [InlineData(nameof(Pool.NoServer), "NH")]
    [InlineData(nameof(Pool.QueueFull), "QF")]
    [InlineData(nameof(Pool.QueueTimeout), "QT")]
    [InlineData(nameof(Pool.CircuitOpen), "CB")]
    public void Log_NoServerGetsTheRequest_HasTheIdThatTheClientGot(string kind, string flag)
    {
        Pool state = Enum.Parse<Pool>(kind);
        string? id = null;
        string[] lines = Run(AccessLogFormat.Json, state, async world =>
        {
            await ArrangeAsync(world, state);
            id = (await world.AskAsync(Get, 503)).Field("x-request-id");
        });

        using JsonDocument line = JsonDocument.Parse(lines.Single(line => line.Contains($"\"flag\":\"{flag}\"")));
        id.ShouldNotBeNull().Length.ShouldBe(32);
        line.RootElement.GetProperty("request_id").GetString().ShouldBe(id);
        line.RootElement.GetProperty("attempts").GetInt32().ShouldBe(0);
    }

    [Theory]
    [InlineData(Get, "GET", 503, 20)]
    [InlineData("GET /x HTTP/1.1\r\n\r\n", "GET", 400, 12)]
    [InlineData("HEAD /x HTTP/1.1\r\nHost: a\r\n\r\n", "HEAD", 503, 0)]
    public void Log_AnswerOfTheProxy_CountsItsBody(string request, string method, int status, int bytes)
    {
        foreach (AccessLogFormat format in (AccessLogFormat[])[AccessLogFormat.Json, AccessLogFormat.Combined])
        {
            string line = Run(format, Pool.NoServer, async world =>
            {
                await ArrangeAsync(world, Pool.NoServer);
                (await world.AskAsync(request, status, method)).Body.Length.ShouldBe(bytes);
            }).ShouldHaveSingleItem();
            line.ShouldContain(format == AccessLogFormat.Json ? $"\"body_sent\":{bytes}," : $"\" {status} {bytes} ");
        }
    }

    private static string[] Run(AccessLogFormat format, Pool state, Func<ProxyWorld, Flow> scenario)
    {
        var destination = new CollectingDestination();
        var log = new AccessLog(destination, "test", 1, 1 << 18, _ => { });
        var world = new ProxyWorld(
            1,
            SimulationOptions.Calm,
            listener: front => front with { AccessLog = [log.Writer(0, format)] },
            pool: pool => state == Pool.CircuitOpen
                ? new PoolSnapshot(pool.Name, pool.Servers)
                {
                    CircuitBreaker = new CircuitBreaker(new CircuitBreakerConfig { MinRequests = 1, OpenForMs = LongMs }),
                }
                : QueueWorld.Limited(pool, maxConnections: 1, limit: state == Pool.QueueTimeout ? 1 : 0));
        world.Run(() => scenario(world));
        log.Stop(LongMs).ShouldBeTrue();
        return destination.Lines;
    }

    private static async Flow ArrangeAsync(ProxyWorld world, Pool state)
    {
        switch (state)
        {
            case Pool.NoServer:
                world.Server.State.Balancing.Admin = AdminState.Maintenance;
                world.Pool.Balancer.Refresh(world.NowMs);
                break;
            case Pool.CircuitOpen:
                CircuitBreaker breaker = world.Pool.CircuitBreaker!;
                breaker.Report(breaker.TryPass(world.NowMs), ServerOutcome.ConnectFailure, world.NowMs).ShouldBe(CircuitState.Open);
                break;
            case Pool.QueueFull:
            case Pool.QueueTimeout:
            default:
                QueueWorld.SlowAnswers(world, 2 * QueueWorld.TimeoutMs);
                await QueueWorld.FillAsync(world, 1);
                break;
        }
    }
}
