using System.Text.Json;
using Atlas.Core.Configuration;
using Atlas.Engine.Flows;
using Atlas.Proxy.Answers;
using Atlas.Proxy.Logging;
using Atlas.Proxy.Retries;
using Atlas.Proxy.Snapshots;
using Atlas.Proxy.Tests.Logging;
using Atlas.Simulation;

namespace Atlas.Proxy.Tests.Sessions;

/// <summary>What the access log says of how requests ended.</summary>
public sealed class EndLogTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private const int LongMs = 10_000;

    // The flag tells the last try; only one that another followed is told beside.
    [Theory]
    [InlineData(1, 1, "")]
    [InlineData(2, 2, "s?=CF")]
    [InlineData(3, 3, "s?=CF s?=CF")]
    public void FailedTries_OfServersThatRefuse_AreThoseBeforeTheLast(int servers, int attempts, string failed)
    {
        JsonElement line = Run(
            servers,
            new RetryConfig(),
            async world =>
            {
                world.Servers.ForEach(server => server.Listener.Refuses = true);
                await world.AskAsync(Get, 502);
            });

        line.GetProperty("flag").GetString().ShouldBe("CF");
        line.GetProperty("attempts").GetInt32().ShouldBe(attempts);
        Digitless(line.GetProperty("failed_tries").GetString()!).ShouldBe(failed);
    }

    [Fact]
    public void FailedTries_OfAServerThatRefusesBeforeOneThatServes_NameIt()
    {
        JsonElement line = Run(
            2,
            new RetryConfig(),
            async world =>
            {
                // Whichever comes first: one of two requests meets the one that refuses.
                world.Servers[1].Listener.Refuses = true;
                await world.AskAsync(Get, 200);
                await world.AskAsync(Get, 200);
            },
            line => line.GetProperty("attempts").GetInt32() == 2);

        line.GetProperty("flag").GetString().ShouldBe("-");
        line.GetProperty("failed_tries").GetString().ShouldEndWith("=CF");
    }

    [Fact]
    public void Detail_OfARedirectWithoutAHost_SaysWhatIsMissing()
    {
        JsonElement line = Run(
            1,
            new RetryConfig(),
            world => AskAsync(world, "GET / HTTP/1.0\r\n\r\n", 400),
            routes: [new RouteSnapshot("r") { Answer = new RedirectAnswer(new RedirectConfig { To = "https://{host}{path}", Status = 308 }) }]);

        line.GetProperty("flag").GetString().ShouldBe("BR");
        line.GetProperty("detail").GetString().ShouldBe("no Host header, which the route's redirect needs");
    }

    private static async Flow AskAsync(ProxyWorld world, string request, int status) => await world.AskAsync(request, status);

    private static string Digitless(string tries) => string.Concat(tries.Select(letter => char.IsDigit(letter) ? '?' : letter));

    private static JsonElement Run(
        int servers, RetryConfig retry, Func<ProxyWorld, Flow> scenario, Func<JsonElement, bool>? isMeant = null, RouteSnapshot[]? routes = null)
    {
        var destination = new CollectingDestination();
        var log = new AccessLog(destination, "test", 1, 1 << 18, _ => { });
        var world = new ProxyWorld(
            1,
            SimulationOptions.Calm,
            servers: servers,
            listener: front => front with
            {
                AccessLog = [log.Writer(0, AccessLogFormat.Json)],
                Routes = routes is null ? front.Routes : new ListenerRoutes(routes),
            },
            pool: pool => new PoolSnapshot(pool.Name, pool.Servers) { Retry = RetryPolicy.Of(retry), RetryShare = retry.BudgetShare });
        world.Run(() => scenario(world));
        log.Stop(LongMs).ShouldBeTrue();
        return destination.Lines.Select(line => JsonDocument.Parse(line).RootElement).Single(isMeant ?? (_ => true));
    }
}
