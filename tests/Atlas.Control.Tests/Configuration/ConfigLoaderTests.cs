using Atlas.Control.Configuration;
using Atlas.Core.Configuration;

namespace Atlas.Control.Tests.Configuration;

public sealed class ConfigLoaderTests
{
    [Theory]
    [InlineData("100%", 1.0)]
    [InlineData("0%", 0.0)]
    [InlineData("0.5%", 0.005)]
    [InlineData("12.5%", 0.125)]
    public void Parse_Share_IsReadIntoZeroToOne(string text, double share) => Pool($"panic_threshold: {text}").PanicThresholdShare.ShouldBe(share);

    [Theory]
    [InlineData("250ms", 250)]
    [InlineData("5s", 5_000)]
    [InlineData("2m", 120_000)]
    [InlineData("1h", 3_600_000)]
    public void Parse_Duration_IsReadIntoMilliseconds(string text, int ms) => Pool($"timeouts: {{ response: {text} }}").Timeouts.ResponseMs.ShouldBe(ms);

    [Theory]
    [InlineData("0B", 0L)]
    [InlineData("3KiB", 3_072L)]
    [InlineData("2GiB", 2_147_483_648L)]
    [InlineData("1TiB", 1_099_511_627_776L)]
    public void Parse_Size_IsReadIntoBytes(string text, long bytes) => Listener($"limits: {{ body: {text} }}").Limits.BodyBytes.ShouldBe(bytes);

    [Theory]
    [InlineData("~ ^/a$", PathPatternKind.Regex, "^/a$")]
    [InlineData("~^/a$", PathPatternKind.Regex, "^/a$")]
    [InlineData("/*", PathPatternKind.Prefix, "/")]
    [InlineData("/a/*", PathPatternKind.Prefix, "/a/")]
    [InlineData("/a", PathPatternKind.Exact, "/a")]
    public void Parse_Path_IsReadIntoItsKind(string text, PathPatternKind kind, string rest) =>
        Route($"path: '{text}'").Paths.ShouldBe([new PathPattern(kind, rest)]);

    [Theory]
    [InlineData("*", ValuePatternKind.Present, "")]
    [InlineData("!", ValuePatternKind.Absent, "")]
    [InlineData("", ValuePatternKind.Exact, "")]
    [InlineData("a*", ValuePatternKind.Prefix, "a")]
    [InlineData("a*b", ValuePatternKind.Exact, "a*b")]
    [InlineData("~ a+", ValuePatternKind.Regex, "a+")]
    public void Parse_Value_IsReadIntoItsKind(string text, ValuePatternKind kind, string rest) =>
        Route($"headers: {{ a: '{text}' }}").Headers.ShouldBe([new FieldMatch("a", new ValuePattern(kind, rest))]);

    [Theory]
    [InlineData("Example.COM", "example.com", false)]
    [InlineData("*.Example.com", ".example.com", true)]
    [InlineData("10.0.0.1", "10.0.0.1", false)]
    [InlineData("[::1]", "[::1]", false)]
    public void Parse_Host_IsReadInLowerCase(string text, string name, bool isWildcard) =>
        Route($"host: '{text}'").Hosts.ShouldBe([new HostPattern(name, isWildcard)]);

    [Theory]
    [InlineData("client_ip", RequestKeyKind.ClientIp, "")]
    [InlineData("host", RequestKeyKind.Host, "")]
    [InlineData("path", RequestKeyKind.Path, "")]
    [InlineData("uri", RequestKeyKind.Uri, "")]
    [InlineData("header:X-Id", RequestKeyKind.Header, "X-Id")]
    [InlineData("cookie:id", RequestKeyKind.Cookie, "id")]
    [InlineData("query:id", RequestKeyKind.Query, "id")]
    public void Parse_HashKey_IsReadIntoItsPart(string text, RequestKeyKind kind, string name) =>
        Pool($"balance: consistent_hash\n    hash_key: {text}").HashKey.ShouldBe(new RequestKey(kind, name));

    [Fact]
    public void Parse_OneInsteadOfAList_IsReadAsTheList() =>
        Route("{ methods: GET, client: 10.0.0.0/8 }").ShouldBe(Route("{ methods: [GET], client: [10.0.0.0/8] }"));

    [Fact]
    public void Parse_RateLimitWithoutBurst_HasTheRatesCount() => Parse(
        "    routes: [{ pool: p, rate_limit: { rate: 7/m } }]", "").Listeners[0].Routes[0].RateLimit.ShouldBe(
            new RateLimitConfig { Rate = new Rate(7, 60_000), Burst = 7 });

    [Fact]
    public void Parse_RateLimitOfARoute_HasItsStoreAndWhatToDoWithout() => Parse(
        "    routes: [{ pool: p, rate_limit: { rate: 7/s, burst: 9, key: route, store: s, on_store_failure: open } }]",
        "",
        "stores: { s: {} }").Listeners[0].Routes[0].RateLimit.ShouldBe(new RateLimitConfig
        {
            Rate = new Rate(7, 1_000),
            Burst = 9,
            Key = new RequestKey(RequestKeyKind.Route, ""),
            Store = "s",
            OnStoreFailure = RateLimitFallback.Open,
        });

    [Fact]
    public void Parse_PoolOfAnHttpListener_IsARouteThatMatchesAll()
    {
        var listener = Listener("via: a");

        listener.Pool.ShouldBe("p");
        listener.Routes.ShouldBe([new RouteConfig { Name = "route-1", Pool = "p" }]);
    }

    [Theory]
    [InlineData("protocol: http", "h2 http/1.1")]
    [InlineData("protocol: tcp", "")]
    public void Parse_TlsWithoutAlpn_OffersWhatTheProtocolIs(string protocol, string offered) =>
        Listener($"{protocol}\n    tls: {{ certificates: [{{ cert: a, key: b }}] }}").Tls!.Alpn.ShouldBe(
            offered.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    [Fact]
    public void Parse_TcpWithTls_EndsItAndMayOfferWhatTheServersSpeak() =>
        Listener("protocol: tcp\n    tls: { certificates: [{ cert: a, key: b }], alpn: postgresql }").Tls!.Alpn.ShouldBe(["postgresql"]);

    [Theory]
    [InlineData("{}", "max-age=63072000")]
    [InlineData("{ max_age: 1h, include_subdomains: true }", "max-age=3600; includeSubDomains")]
    [InlineData("{ max_age: 8760h, include_subdomains: true, preload: true }", "max-age=31536000; includeSubDomains; preload")]
    [InlineData("{ max_age: 30d }", "max-age=2592000")]
    public void Parse_Hsts_IsTheHeader(string hsts, string header) =>
        Listener($"tls: {{ certificates: [{{ cert: a, key: b }}] }}\n    hsts: {hsts}").Hsts!.HeaderValue.ShouldBe(header);

    [Fact]
    public void Parse_OutlierDetectionFalse_TurnsItOff() => Pool("outlier_detection: false").OutlierDetection.ShouldBeNull();

    [Fact]
    public void Parse_AdminBindNone_TurnsItOff() =>
        Parse("    pool: p", "", "admin: { bind: none }").Admin.Bind.ShouldBeNull();

    [Fact]
    public void Parse_Alias_IsReadLikeItsAnchor() =>
        Parse("    pool: p\n    timeouts: &t { idle: 9s }", "", "").Listeners[0].Timeouts.IdleMs.ShouldBe(9_000);

    [Fact]
    public void Parse_SectionsAndKeys_KnowTheirPlaces()
    {
        var listener = Listener("via: edge");

        listener.Position.ToString().ShouldBe("3:5");
        listener.Bind[0].Position.ToString().ShouldBe("3:11");
        listener.Source.IsWritten("via").ShouldBeTrue();
        listener.Source.IsWritten("limits").ShouldBeFalse();
        listener.Source.PositionOf("via").ToString().ShouldBe("5:10");
        listener.Source.PositionOf("limits").ToString().ShouldBe("3:5");
    }

    [Fact]
    public void Parse_MoreErrorsThanTheMost_ReportsTheFirstAndCountsTheRest()
    {
        string keys = string.Concat(Enumerable.Range(0, ConfigLoader.MaxErrors + 50).Select(i => $"\nunknown{i}: 1"));

        var errors = Errors(keys);

        errors.Count.ShouldBe(ConfigLoader.MaxErrors);
        errors[0].Message.ShouldStartWith("unknown key 'unknown0' in a configuration");
        errors[^1].Message.ShouldBe("and 51 more errors from here on");
    }

    [Fact]
    public void Parse_AsManyErrorsAsTheMost_ReportsThemAll()
    {
        string keys = string.Concat(Enumerable.Range(0, ConfigLoader.MaxErrors).Select(i => $"\nunknown{i}: 1"));

        Errors(keys)[^1].Message.ShouldStartWith("unknown key 'unknown99' in a configuration");
    }

    [Fact]
    public void ConfigError_ToString_IsWhatEditorsJumpTo() => new ConfigError("a.yaml", 3, 7, "wrong").ToString().ShouldBe("a.yaml:3:7: wrong");

    private static ListenerConfig Listener(string key) => Parse($"    pool: p\n    {key}", "").Listeners[0];

    private static PoolConfig Pool(string key) => Parse("    pool: p", $"    {key}").Pools[0];

    private static MatchConfig Route(string match) => Parse(
        $"    routes: [{{ match: {(match.StartsWith('{') ? match : $"{{ {match} }}")}, pool: p }}]", "").Listeners[0].Routes[0].Match;

    private static IReadOnlyList<ConfigError> Errors(string top) =>
        ConfigLoader.Parse($"listeners: {{ l: {{ bind: 127.0.0.1:80, pool: p }} }}\npools: {{ p: {{ servers: [127.0.0.1:81] }} }}{top}\n", "f").Errors;

    private static AtlasConfig Parse(string listener, string pool, string top = "")
    {
        var result = ConfigLoader.Parse(
            $"listeners:\n  l:\n    bind: 127.0.0.1:80\n{listener}\npools:\n  p:\n    servers: [127.0.0.1:81]\n{pool}\n{top}\n", "f");
        result.Errors.ShouldBeEmpty();
        return result.Config!;
    }
}
