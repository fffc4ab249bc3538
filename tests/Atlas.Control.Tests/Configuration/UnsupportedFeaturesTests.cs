using Atlas.Control.Configuration;

namespace Atlas.Control.Tests.Configuration;

public sealed class UnsupportedFeaturesTests
{
    public static TheoryData<string> Runnable => ["examples/minimal.yaml", "examples/http.yaml", "examples/rate-limit.yaml", "examples/routing.yaml", "examples/tcp.yaml", "examples/tls.yaml", "examples/udp.yaml", "examples/sessions.yaml", "examples/aspnet-session/atlas.yaml", "examples/kernel.yaml", "examples/active-passive.yaml", "examples/active-active.yaml", "examples/aws-nlb.yaml", "examples/aws-alb.yaml", "examples/gcp.yaml", "packaging/atlas.yaml"];

    [Theory]
    [MemberData(nameof(Runnable))]
    public void Find_FileThatPeopleStart_IsRunAsAWhole(string file)
    {
        var config = ConfigLoader.Load(RepositoryFiles.PathOf(file)).Config.ShouldNotBeNull();

        UnsupportedFeatures.Find(config).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("stores: { s: {} }", null)]
    [InlineData("stores: { s: { type: redis, url: 'redis://127.0.0.1' } }", null)]
    [InlineData("stores: { a: {} }\nsessions: { s: { store: a, cookie: { name: c } } }", null)]
    [InlineData("high_availability: { node: a }", null)]
    [InlineData("telemetry: ^{}", "'telemetry'")]
    [InlineData("admin: { bind: none }", null)]
    [InlineData("runtime: { workers: 2 }", null)]
    public void Find_TopLevelSection_IsRunOrNamed(string section, string? expected) =>
        Check("pool: p", "servers: [127.0.0.1:81]", section, expected);

    [Theory]
    [InlineData("pool: p, protocol: tcp, access_log: {}, accept_proxy_protocol: [10.0.0.0/8]", null)]
    [InlineData("protocol: tcp, sni: { a.b: p, default: p }, alpn: { h2: p }", null)]
    [InlineData("pool: p, protocol: udp, udp: { idle: 10s, responses: 1 }", null)]
    [InlineData("pool: p, accept_proxy_protocol: [10.0.0.0/8]", null)]
    [InlineData("pool: p, accept_proxy_protocol: [], mode: user, forwarded: true, via: a, access_log: {}", null)]
    [InlineData("pool: p, protocol: tcp, mode: kernel, snat: false", null)]
    [InlineData("pool: p, protocol: udp, mode: kernel", null)]
    [InlineData("routes: [{ pool: p }]", null)]
    [InlineData("routes: [{ name: a, match: { path: /* }, pool: p }]", null)]
    [InlineData("encoded_slashes: redirect, normalize: forward, pool: p", null)]
    [InlineData("routes: [{ match: { path: /a, host: h }, pool: p }, { split: [{ pool: p }] }]", null)]
    [InlineData("routes: [{ match: { path: /a }, redirect: { to: /a } }, { respond: {} }]", null)]
    [InlineData("routes: [{ pool: p, rewrite: {}, mirror: { pool: p }, timeouts: {} }]", null)]
    [InlineData("routes: [{ pool: p, request_headers: {}, response_headers: {} }]", null)]
    [InlineData("routes: [{ pool: p, retry: {} }]", null)]
    [InlineData("routes: [{ pool: p, rate_limit: { rate: 1/s } }]", null)]
    public void Find_ListenerKey_IsRunOrNamed(string keys, string? expected) => Check(keys, "servers: [127.0.0.1:81]", "", expected);

    [Theory]
    [InlineData("balance: round_robin", null)]
    [InlineData("balance: ip_hash\n    hash_ipv6_prefix: 128\n    hash_balance_factor: 125%", null)]
    [InlineData("balance: consistent_hash\n    hash_key: path", null)]
    [InlineData("balance: least_time", null)]
    [InlineData("balance: first", null)]
    [InlineData("balance: weighted_round_robin", null)]
    [InlineData("balance: least_connections", null)]
    [InlineData("balance: power_of_two", null)]
    [InlineData("balance: random", null)]
    [InlineData("protocol: http1", null)]
    [InlineData("protocol: auto", null)]
    [InlineData("protocol: http2\n    max_streams: 10", null)]
    [InlineData("health_check: {}", null)]
    [InlineData("health_check: { type: tcp }", null)]
    [InlineData("health_check: { type: grpc, service: a.B }", null)]
    [InlineData("outlier_detection: false", null)]
    [InlineData("outlier_detection: {}", null)]
    [InlineData("panic_threshold: 0%", null)]
    [InlineData("panic_threshold: 50%", null)]
    [InlineData("slow_start: 0s", null)]
    [InlineData("slow_start: 1s", null)]
    [InlineData("queue: { limit: 5 }", null)]
    [InlineData("send_proxy_protocol: none", null)]
    [InlineData("send_proxy_protocol: v2", null)]
    [InlineData("retry: { attempts: 2, on: [reset, 503], budget: 10% }", null)]
    [InlineData("sticky: {}", null)]
    [InlineData("sticky: { by: \"app_cookie:id\", store: none }", null)]
    [InlineData("circuit_breaker: {}", null)]
    [InlineData("tls: {}", null)]
    [InlineData("timeouts: { connect: 1s }\n    keepalive: { non_idempotent: fresh }", null)]
    public void Find_PoolKey_IsRunOrNamed(string keys, string? expected) =>
        Check("pool: p", $"servers: [127.0.0.1:81]\n    {keys}", "", expected);

    [Theory]
    [InlineData("unix:/run/a.sock", null)]
    [InlineData("{ name: a, address: '[::1]:81', weight: 1, max_connections: 2, backup: false }", null)]
    [InlineData("a.b:81", null)]
    [InlineData("{ address: a.b:81 }", null)]
    [InlineData("{ dns: a.b, port: 81 }", null)]
    [InlineData("{ dns: a.b, type: srv }", null)]
    [InlineData("{ address: 127.0.0.1:81, weight: 2, max_connections: 2 }", null)]
    [InlineData("{ address: 127.0.0.1:81, backup: true }", null)]
    public void Find_ServerKey_IsRunOrNamed(string server, string? expected) =>
        Check("pool: p", $"servers: [{server}, 127.0.0.1:82]", "", expected);

    [Fact]
    public void Find_ReferenceConfiguration_NamesEachPlaceOnce()
    {
        var config = ConfigLoader.Load(RepositoryFiles.Reference).Config.ShouldNotBeNull();

        var errors = UnsupportedFeatures.Find(config);

        errors.Count.ShouldBePositive();
        errors.Select(error => (error.Line, error.Column)).Distinct().Count().ShouldBe(errors.Count);
        errors.ShouldAllBe(error => error.Message.EndsWith("is valid, but this version does not run it yet"));
    }

    // The ^ stands before the value that is named.
    private static void Check(string listener, string pool, string top, string? expected)
    {
        string marked = $"listeners:\n  l: {{ bind: '127.0.0.1:80', {listener} }}\npools:\n  p:\n    {pool}\n{top}\n";
        int mark = marked.IndexOf('^', StringComparison.Ordinal);
        string before = mark < 0 ? "" : marked[..mark];
        var result = ConfigLoader.Parse(marked.Replace("^", "", StringComparison.Ordinal), "f");
        result.Errors.ShouldBeEmpty();

        var errors = UnsupportedFeatures.Find(result.Config!);

        string place = $"{before.Count(c => c == '\n') + 1}:{before.Length - before.LastIndexOf('\n')}";
        string[] all = expected is null ? [] : [$"f:{place}: {expected} is valid, but this version does not run it yet"];
        errors.Select(error => error.ToString()).ShouldBe(all);
    }
}
