using System.Net;
using Atlas.Control.Discovery;
using Atlas.Control.Discovery.Resolving;
using Atlas.Control.Tests.Health;
using Atlas.Core.Configuration;
using Atlas.Protocols.Dns;

namespace Atlas.Control.Tests.Discovery;

public sealed class NameDiscoveryTests : IDisposable
{
    private const string Api = "{ dns: api.x, port: 80, refresh: 1s }";

    private readonly DiscoveryUnderTest _test = new();

    public void Dispose() => _test.Dispose();

    [Fact]
    public async Task Expand_HostNameInAnAddress_HasAServerAtEachAddressOfBothFamilies()
    {
        _test.Resolver.Have("app.x", "10.0.0.2", "10.0.0.1", "2001:db8::1");

        AtlasConfig config = await _test.StartAsync("app.x:81, { name: b, address: 'app.x:82', weight: 3, max_connections: 5, backup: true }, 10.0.0.9:80");

        _test.Servers(config).ShouldBe(
        [
            "app.x@10.0.0.1:81 1", "app.x@10.0.0.2:81 1", "app.x@[2001:db8::1]:81 1",
            "b@10.0.0.1:82 3 backup", "b@10.0.0.2:82 3 backup", "b@[2001:db8::1]:82 3 backup",
            "10.0.0.9:80 1",
        ]);
        ServerConfig server = _test.Names.Expand(config).Pools[0].Servers[3];
        server.MaxConnections.ShouldBe(5);
        server.Address!.Ip.ShouldBe(IPAddress.Parse("10.0.0.1"));
        server.Dns.ShouldBeNull();
        _test.Resolver.Asked("app.x").ShouldBe(1);
    }

    [Theory]
    [InlineData("a", "api.x@10.0.0.1:80 1")]
    [InlineData("aaaa", "api.x@[2001:db8::1]:80 1")]
    public async Task Expand_DnsEntry_HasTheRecordsOfItsTypeOnly(string type, string server)
    {
        _test.Resolver.Have("api.x", "10.0.0.1", "2001:db8::1");

        AtlasConfig config = await _test.StartAsync($"{{ dns: api.x, port: 80, type: {type} }}");

        _test.Servers(config).ShouldBe([server]);
        (_test.Resolver.Asked("api.x", DnsType.A) + _test.Resolver.Asked("api.x", DnsType.Aaaa)).ShouldBe(1);
    }

    [Fact]
    public async Task Expand_Srv_TakesPortsWeightsAndLaterPrioritiesAsBackups()
    {
        _test.Resolver.Have("_http._tcp.x", Srv(20, 5, 82, "c.x"), Srv(10, 0, 80, "a.x"), Srv(10, 7, 81, "b.x"));
        _test.Resolver.Have("a.x", "10.0.0.1");
        _test.Resolver.Have("b.x", "10.0.0.2", "10.0.0.3");
        _test.Resolver.Have("c.x", "2001:db8::1");

        AtlasConfig config = await _test.StartAsync("{ dns: _http._tcp.x, type: srv }");

        _test.Servers(config).ShouldBe(
        [
            "_http._tcp.x@10.0.0.1:80 2", "_http._tcp.x@10.0.0.2:81 7", "_http._tcp.x@10.0.0.3:81 7",
            "_http._tcp.x@[2001:db8::1]:82 10 backup",
        ]);
    }

    [Fact]
    public async Task Srv_Hosts_AreAskedForAsTheyStand()
    {
        _test.Resolver.Have("s.x", Srv(1, 1, 80, "A.x"));
        _test.Resolver.Have("a.x", "10.0.0.1");

        await _test.StartAsync("{ dns: s.x, type: srv }, app.x:80");

        _test.Resolver.Names.Keys.ShouldBe(["s.x", "a.x.", "app.x"], ignoreOrder: true);
    }

    [Fact]
    public async Task Srv_WithNewHosts_KeepsTheServersUntilThoseAreKnown()
    {
        _test.Resolver.Have("s.x", Srv(1, 1, 80, "a.x"));
        _test.Resolver.Have("a.x", "10.0.0.1");
        AtlasConfig config = await _test.StartAsync("{ dns: s.x, type: srv, refresh: 1s }");
        var late = new TaskCompletionSource<LookupResult>();
        _test.Resolver.Set("b.x", DnsType.A, () => late.Task);
        _test.Resolver.Have("s.x", Srv(1, 1, 81, "b.x"));

        await _test.LookAsync("s.x", DnsType.Srv);
        await Until.SoAsync(() => _test.Resolver.Asked("b.x", DnsType.Aaaa) == 1);
        _test.Servers(config).ShouldBe(["s.x@10.0.0.1:80 1"]);
        late.SetResult(new LookupResult(LookupOutcome.Answered, "r") { Addresses = [IPAddress.Parse("10.0.0.2")] });

        await Until.SoAsync(() => _test.Servers(config) is ["s.x@10.0.0.2:81 1"]);
        int asked = _test.Resolver.Asked("a.x");
        await _test.LookAsync("s.x", DnsType.Srv);
        _test.Resolver.Asked("a.x").ShouldBe(asked);
    }

    [Fact]
    public async Task Srv_OfNoService_HasNoServers()
    {
        _test.Resolver.Have("s.x", Srv(1, 1, 80, "a.x"));
        _test.Resolver.Have("a.x", "10.0.0.1");
        AtlasConfig config = await _test.StartAsync("{ dns: s.x, type: srv, refresh: 1s }");

        _test.Resolver.Have("s.x", Srv(0, 0, 0, "."));
        await _test.LookAsync("s.x", DnsType.Srv);

        await Until.SoAsync(() => _test.Servers(config) is []);
        await Until.SoAsync(() => _test.Changes.Any(change => change.Contains("has no servers")));
        _test.Changes.Last().ShouldBe(
            "pool p: s.x has no servers: 10.0.0.1:80 left; its SRV record says that the service is not there (target .)");
    }

    [Fact]
    public async Task Srv_WhoseHostsFail_KeepsItsServers()
    {
        _test.Resolver.Have("s.x", Srv(1, 1, 80, "a.x"));
        _test.Resolver.Have("a.x", "10.0.0.1");
        AtlasConfig config = await _test.StartAsync("{ dns: s.x, type: srv, refresh: 1s }");

        _test.Resolver.Fail("b.x", LookupOutcome.ServerFailure, DnsType.A, DnsType.Aaaa);
        _test.Resolver.Have("s.x", Srv(1, 1, 80, "b.x"));
        await _test.LookAsync("s.x", DnsType.Srv);
        await Until.SoAsync(() => _test.Resolver.Asked("b.x") > 0 && _test.Resolver.Asked("b.x", DnsType.Aaaa) > 0);

        _test.Servers(config).ShouldBe(["s.x@10.0.0.1:80 1"]);
    }

    [Fact]
    public async Task Change_OfAddresses_IsToldOnceAndOtherOrderIsNone()
    {
        _test.Resolver.Have("api.x", "10.0.0.1", "10.0.0.2");
        AtlasConfig config = await _test.StartAsync(Api);
        _test.Changes.ShouldBe(["pool p: api.x:80 has 2 servers: 10.0.0.1:80, 10.0.0.2:80 came"]);

        _test.Resolver.Have("api.x", "10.0.0.2", "10.0.0.1");
        await _test.LookAsync("api.x");
        _test.Changes.Count.ShouldBe(1);
        _test.Resolver.Have("api.x", "10.0.0.2", "10.0.0.3");
        await _test.LookAsync("api.x");

        await Until.SoAsync(() => _test.Changes.Count == 2);
        _test.Changes.Last().ShouldBe("pool p: api.x:80 has 2 servers: 10.0.0.3:80 came, 10.0.0.1:80 left");
        _test.Servers(config).ShouldBe(["api.x@10.0.0.2:80 1", "api.x@10.0.0.3:80 1"]);
    }

    [Theory]
    [InlineData(LookupOutcome.ServerFailure)]
    [InlineData(LookupOutcome.Timeout)]
    [InlineData(LookupOutcome.Unreachable)]
    [InlineData(LookupOutcome.Malformed)]
    public async Task Failure_HoweverLong_KeepsTheServersAndIsToldOnce(LookupOutcome outcome)
    {
        _test.Resolver.Have("api.x", "10.0.0.1");
        AtlasConfig config = await _test.StartAsync(Api);

        _test.Resolver.Fail("api.x", outcome, DnsType.A);
        for (int i = 0; i < 100; i++)
        {
            await _test.LookAsync("api.x");
        }

        _test.Servers(config).ShouldBe(["api.x@10.0.0.1:80 1"]);
        _test.Lines.ShouldBe([$"pool p: api.x (A) is not resolved: stub: {outcome}; its server stays, next try in 1 s"]);
        NameReport report = _test.Names.Reports.ShouldHaveSingleItem();
        report.Problem.ShouldBe(outcome);
        report.AnswerAgeMs.ShouldBe(100_000);
        _test.Names.Metrics.ShouldHaveSingleItem().Lookups[(int)outcome].ShouldBe(100);
        _test.Resolver.Have("api.x", "10.0.0.1");
        await _test.LookAsync("api.x");

        await Until.SoAsync(() => _test.Lines.Count == 2);
        _test.Lines.Last().ShouldBe("pool p: api.x (A) is resolved again by stub");
        _test.Names.Reports.ShouldHaveSingleItem().Problem.ShouldBeNull();
    }

    [Theory]
    [InlineData(LookupOutcome.NoSuchName)]
    [InlineData(LookupOutcome.NoRecords)]
    public async Task Absence_OfADnsEntryBeyondTheHold_TakesItsServers(LookupOutcome outcome)
    {
        _test.Resolver.Have("api.x", "10.0.0.1");
        AtlasConfig config = await _test.StartAsync(Api);

        _test.Resolver.Fail("api.x", outcome, DnsType.A);
        for (int i = 0; i < 30; i++)
        {
            await _test.LookAsync("api.x");
        }

        _test.Servers(config).ShouldBe(["api.x@10.0.0.1:80 1"]);
        await _test.LookAsync("api.x");
        await Until.SoAsync(() => _test.Servers(config) is []);
        _test.Changes.Last().ShouldBe("pool p: api.x:80 has no servers: 10.0.0.1:80 left");
    }

    [Fact]
    public async Task Absence_OfAHostNameBeyondTheHold_KeepsItsServers()
    {
        _test.Resolver.Have("app.x", "10.0.0.1");
        AtlasConfig config = await _test.StartAsync("app.x:80");

        _test.Resolver.Fail("app.x", LookupOutcome.NoSuchName, DnsType.A, DnsType.Aaaa);
        for (int i = 0; i < 10; i++)
        {
            await _test.LookAsync("app.x", stepMs: 10_000);
        }

        _test.Servers(config).ShouldBe(["app.x@10.0.0.1:80 1"]);
        _test.Names.Reports.ShouldHaveSingleItem().Problem.ShouldBe(LookupOutcome.NoSuchName);
    }

    [Fact]
    public async Task HostName_OfOneFamily_IsNoProblem()
    {
        _test.Resolver.Have("app.x", "10.0.0.1");
        await _test.StartAsync("app.x:80");

        _test.Lines.ShouldBeEmpty();
        _test.Names.Reports.ShouldHaveSingleItem().Problem.ShouldBeNull();
    }

    [Fact]
    public async Task Names_OfSeveralPools_AreLookedUpOnce()
    {
        _test.Resolver.Have("api.x", "10.0.0.1");

        AtlasConfig config = await _test.StartAsync(Api, "  q: { servers: [{ dns: api.x, port: 90 }] }\n");

        _test.Servers(config, "q").ShouldBe(["api.x@10.0.0.1:90 1"]);
        _test.Resolver.Asked("api.x").ShouldBe(1);

        // The shorter refresh counts.
        await _test.LookAsync("api.x");
        _test.Resolver.Asked("api.x").ShouldBe(2);
    }

    [Fact]
    public async Task Expand_AddressThatThePoolHas_IsNotTakenAgain()
    {
        _test.Resolver.Have("api.x", "10.0.0.1", "10.0.0.2");
        _test.Resolver.Have("b.x", "10.0.0.2", "10.0.0.3");

        AtlasConfig config = await _test.StartAsync($"{Api}, {{ dns: b.x, port: 80 }}, 10.0.0.1:80");

        _test.Servers(config).ShouldBe(["api.x@10.0.0.2:80 1", "b.x@10.0.0.3:80 1", "10.0.0.1:80 1"]);
    }

    [Fact]
    public async Task Expand_MoreAddressesThanAName_MayHave_TakesTheFirstOfThem()
    {
        _test.Resolver.Have("api.x", [.. Enumerable.Range(0, 300).Select(i => $"10.0.{i / 200}.{(i % 200) + 1}")]);

        AtlasConfig config = await _test.StartAsync(Api);

        _test.Servers(config).Length.ShouldBe(256);
    }

    [Fact]
    public async Task Prepare_WithASilentName_EndsAtItsLimitAndTheNameComesLater()
    {
        var late = new TaskCompletionSource<LookupResult>();
        _test.Resolver.Set("api.x", DnsType.A, () => late.Task);
        AtlasConfig config = DiscoveryUnderTest.Config(Api);

        Task prepared = _test.Names.PrepareAsync(config, TimeSpan.FromSeconds(3));
        _test.Time.Advance(TimeSpan.FromMilliseconds(2_999));
        prepared.IsCompleted.ShouldBeFalse();
        _test.Time.Advance(TimeSpan.FromMilliseconds(1));
        await prepared.WaitAsync(Until.Limit);
        _test.Names.Apply(config);

        _test.Servers(config).ShouldBeEmpty();
        _test.Names.Pending.ShouldHaveSingleItem().Name.ShouldBe("api.x:80");
        late.SetResult(new LookupResult(LookupOutcome.Answered, "r") { Addresses = [IPAddress.Loopback] });
        await Until.SoAsync(() => _test.Servers(config).Length == 1);
        _test.Names.Pending.ShouldBeEmpty();
    }

    [Fact]
    public async Task Reload_ThatKeepsAName_KeepsWhatIsKnown()
    {
        _test.Resolver.Have("api.x", "10.0.0.1");
        await _test.StartAsync(Api);
        _test.Resolver.Set("api.x", DnsType.A, () => new TaskCompletionSource<LookupResult>().Task);
        _test.Resolver.Have("b.x", "10.0.0.2");

        AtlasConfig config = await _test.StartAsync($"{Api}, {{ dns: b.x, port: 80 }}");

        _test.Servers(config).ShouldBe(["api.x@10.0.0.1:80 1", "b.x@10.0.0.2:80 1"]);
        _test.Names.Pending.ShouldBeEmpty();
    }

    [Fact]
    public async Task Reload_ThatIsRefused_KeepsTheNamesInForceOnly()
    {
        _test.Resolver.Have("api.x", "10.0.0.1");
        AtlasConfig config = await _test.StartAsync(Api);

        await _test.Names.PrepareAsync(DiscoveryUnderTest.Config("{ dns: b.x, port: 80 }"), TimeSpan.FromMinutes(1)).WaitAsync(Until.Limit);
        _test.Servers(config).ShouldBe(["api.x@10.0.0.1:80 1"]);
        _test.Names.Apply(config);

        _test.Servers(config).ShouldBe(["api.x@10.0.0.1:80 1"]);
        _test.Names.Metrics.ShouldHaveSingleItem().Name.ShouldBe("api.x");
    }

    [Fact]
    public async Task Resolver_ThatThrows_IsAFailureAndAskedAgain()
    {
        _test.Resolver.Set("api.x", DnsType.A, () => throw new InvalidOperationException("no luck"));
        AtlasConfig config = DiscoveryUnderTest.Config(Api);
        await _test.Names.PrepareAsync(config, TimeSpan.FromMinutes(1)).WaitAsync(Until.Limit);
        _test.Lines.ShouldHaveSingleItem().ShouldContain("no luck; it has no servers");

        _test.Resolver.Have("api.x", "10.0.0.1");
        await _test.LookAsync("api.x");

        await Until.SoAsync(() => _test.Servers(config).Length == 1);
    }

    private static DnsSrv Srv(ushort priority, ushort weight, ushort port, string target) =>
        new(priority, weight, port, DnsName.TryParse(target, out DnsName name) ? name : throw new ArgumentException(target));
}
