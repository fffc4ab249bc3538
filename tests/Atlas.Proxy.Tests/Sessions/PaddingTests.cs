using Atlas.Core.Configuration;
using Atlas.Core.Routing;
using Atlas.Proxy.Answers;
using Atlas.Proxy.Logging;
using Atlas.Proxy.Snapshots;
using Atlas.Proxy.Tests.Logging;
using Atlas.Simulation;

namespace Atlas.Proxy.Tests.Sessions;

/// <summary>Requests with more headers, cookies and parameters than routes look at.</summary>
public sealed class PaddingTests
{
    /// <summary>What is refused by a header, cookie or parameter cannot be hidden behind more of them than are looked at.</summary>
    [Theory]
    [InlineData(RouteCondition.Query, 255, 403)]
    [InlineData(RouteCondition.Query, 256, 400)]
    [InlineData(RouteCondition.Cookie, 255, 403)]
    [InlineData(RouteCondition.Cookie, 256, 400)]
    [InlineData(RouteCondition.Header, 15, 403)]
    [InlineData(RouteCondition.Header, 16, 400)]
    public void Request_ConditionThatRefusesBehindPadding_IsRefusedAllTheSame(RouteCondition kind, int before, int status)
    {
        ValueList<FieldMatch> evil = [new FieldMatch("x", new ValuePattern(ValuePatternKind.Exact, "evil"))];
        string parts = string.Concat(Enumerable.Repeat("a=1;", before)) + "x=evil";
        string request = kind switch
        {
            RouteCondition.Query => Routes.Get("/guarded?" + parts.Replace(';', '&')),
            RouteCondition.Cookie => Routes.Get("/guarded", $"Cookie: {parts}\r\n"),
            _ => Routes.Get("/guarded", string.Concat(Enumerable.Repeat("X: good\r\n", before)) + "X: evil\r\n"),
        };
        var destination = new CollectingDestination();
        var log = new AccessLog(destination, "test", 1, 1 << 18, _ => { });
        var world = new ProxyWorld(seed: 3, SimulationOptions.Calm, listener: front => Routes.Of(pools =>
        [
            new RouteSnapshot("guard")
            {
                Match = Routes.Path("/guarded") with
                {
                    Query = kind == RouteCondition.Query ? evil : [],
                    Cookies = kind == RouteCondition.Cookie ? evil : [],
                    Headers = kind == RouteCondition.Header ? evil : [],
                },
                Answer = new FixedAnswer(new RespondConfig { Status = 403 }),
            },
            new RouteSnapshot("rest") { Pool = pools[0] },
        ])(front) with { AccessLog = [log.Writer(0, AccessLogFormat.Json)] });
        world.Run(async () =>
        {
            WireMessage response = await world.AskAsync(request, status);
            response.Field("proxy-status").ShouldBe(status == 400 ? "atlas; error=http_request_error" : null);
            await world.AskAsync(request.Replace("/guarded", "/open", StringComparison.Ordinal), 200);
        });
        world.Server.Seen.ShouldHaveSingleItem();
        log.Stop(30_000).ShouldBeTrue();
        bool says = destination.Lines[0].Contains($"\"flag\":\"BR\"") && destination.Lines[0].Contains(" that a route compares\"");
        says.ShouldBe(status == 400, destination.Lines[0]);
    }
}
