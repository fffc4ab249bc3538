using Atlas.Core.Configuration;
using Atlas.Core.Routing;
using Atlas.Proxy.Metrics;
using Atlas.Proxy.Snapshots;
using static Atlas.Proxy.Tests.Snapshots.Configs;

namespace Atlas.Proxy.Tests.Snapshots;

public sealed class RouteBuilderTests
{
    [Fact]
    public void Build_RouteThatDoesNothing_IsRefused()
    {
        AtlasConfig config = Config(Pool("web", ("a", 9001)), front => front with { Routes = [new RouteConfig { Name = "r" }] });

        Should.Throw<ArgumentException>(() => SnapshotBuilder.Build(config, ProxySnapshot.Empty))
            .Message.ShouldContain("route r of listener front");
    }

    [Fact]
    public void Build_Routes_HaveWhatTheConfigurationSays()
    {
        var metrics = new ProxyMetrics(workers: 1);
        AtlasConfig config = Config(Pool("web", ("a", 9001)), front => front with
        {
            EncodedSlashes = EncodedSlashPolicy.Redirect,
            Routes =
            [
                new RouteConfig
                {
                    Name = "all",
                    Match = new MatchConfig { Paths = [new PathPattern(PathPatternKind.Prefix, "/a/")] },
                    Pool = "web",
                    Mirror = new MirrorConfig { Pool = "web", Share = 0.5 },
                    Rewrite = new RewriteConfig { StripPrefix = "/a", Host = "h" },
                    Timeouts = new RouteTimeoutsConfig { RequestMs = 7 },
                    Retry = new RetryConfig { Attempts = 3, OnReset = false, OnStatuses = [503] },
                },
                new RouteConfig { Name = "split", Split = [new SplitConfig { Pool = "web", Weight = 2 }] },
                new RouteConfig { Name = "redirect", Redirect = new RedirectConfig { To = "/x", Status = 302 } },
                new RouteConfig { Name = "respond", Respond = new RespondConfig { Status = 503 } },
            ],
        });

        HttpListenerSnapshot listener = SnapshotBuilder.Build(config, ProxySnapshot.Empty, metrics).Http();

        listener.EncodedSlashes.ShouldBe(EncodedSlashPolicy.Redirect);
        IReadOnlyList<RouteSnapshot> routes = listener.Routes.Routes;
        routes.Select(route => route.Name).ShouldBe(["all", "split", "redirect", "respond"]);
        routes[0].Pool!.Name.ShouldBe("web");
        routes[0].Mirror!.Pool.ShouldBeSameAs(routes[0].Pool);
        routes[0].Request.Path.ShouldNotBeNull();
        routes[0].Request.Host.ShouldBe("h");
        routes[0].RequestMs.ShouldBe(7);
        (routes[0].Retry.ShouldNotBeNull().IsOn(503), routes[0].Retry!.IsOn(502)).ShouldBe((true, false));
        (routes[0].Retry!.Attempts, routes[0].Retry!.OnConnectFailure, routes[0].Retry!.OnReset).ShouldBe((3, true, false));
        routes[0].Metrics.ShouldBeSameAs(metrics.Route("front", "all"));
        routes[1].Split!.Pools.ShouldBe([routes[0].Pool!]);
        routes[1].Split!.IsSticky.ShouldBeFalse();
        (routes[2].Answer!.Status, routes[3].Answer!.Status).ShouldBe((302, 503));
        routes[1].RequestMs.ShouldBe(int.MaxValue);
        routes[1].Request.Path.ShouldBeNull();
    }

    [Fact]
    public void Build_ListenerThatNamesItsPool_HasOneRouteWithoutAName()
    {
        var metrics = new ProxyMetrics(workers: 1);
        AtlasConfig config = Config(
            Pool("web", ("a", 9001)), front => front with { Pool = "web", Routes = [new RouteConfig { Name = "route-1", Pool = "web" }] });

        RouteSnapshot route = SnapshotBuilder.Build(config, ProxySnapshot.Empty, metrics).Http().Routes.Routes.ShouldHaveSingleItem();

        route.Name.ShouldBeEmpty();
        route.Metrics.ShouldBeNull();
    }
}
