using Atlas.Core.Configuration;
using Atlas.Core.Routing;
using Atlas.Integration.Tests.Wire;
using Atlas.Proxy.Forwarding;
using Atlas.Proxy.Snapshots;

namespace Atlas.Integration.Tests.Routing;

/// <summary>Paths that mean one thing to whom they are shown and perhaps another to whom they are forwarded: which server gets
/// them, and what exactly it gets. Server A has <c>/api/*</c>, B all else.</summary>
public sealed class OddPathTests
{
    [Theory]
    [InlineData("/api/users", "A", "/api/users")]
    [InlineData("/api", "B", "/api")]
    [InlineData("/API/users", "B", "/API/users")]
    [InlineData("/api/../admin", "B", "/api/../admin")]
    [InlineData("/x/../api/users", "A", "/x/../api/users")]
    [InlineData("//api/users", "A", "//api/users")]
    [InlineData("/%61pi/users", "A", "/%61pi/users")]
    [InlineData("/api/%2e%2e/admin", "B", "/api/%2e%2e/admin")]
    [InlineData("/api/.%2E/admin", "B", "/api/.%2E/admin")]
    [InlineData("/%2e%2e/api/users", "A", "/%2e%2e/api/users")]
    [InlineData("/api%2fusers", "B", "/api%2fusers")]
    [InlineData("/api/a%2fb", "A", "/api/a%2fb")]
    [InlineData("/api/%252e%252e/admin", "A", "/api/%252e%252e/admin")]
    [InlineData("/api/;x=1/..", "A", "/api/;x=1/..")]
    [InlineData("/api/a?/../admin", "A", "/api/a?/../admin")]
    public async Task Path_OddSpelling_IsMatchedByItsMeaningAndForwardedAsItCame(string target, string server, string forwarded) =>
        await CheckAsync(target, server, forwarded, Routed);

    [Theory]
    [InlineData("/api%2f..%2fadmin")]
    [InlineData("/api%2f..")]
    [InlineData("/api/..%2fadmin")]
    [InlineData("/api/..%5cadmin")]
    [InlineData("/api/..;/admin")]
    [InlineData("/api/%2e%2e;/admin")]
    [InlineData("/api//../admin")]
    [InlineData("/api/%00")]
    [InlineData("/api/%2")]
    [InlineData("/api/a#b")]
    [InlineData("/api\\..\\admin")]
    public async Task Path_ServersReadItInDifferentWays_Is400AndReachesNobody(string target) => await CheckAsync(target, null, "", Routed);

    [Theory]
    [InlineData("/api/../admin?q=/../x", "B", "/admin?q=/../x")]
    [InlineData("//%61pi//users/.", "A", "/api/users/")]
    [InlineData("/api/%7ea%20b%2fc%3b", "A", "/api/~a%20b%2Fc%3B")]
    [InlineData("/..", "B", "/")]
    public async Task Path_Normalizing_ServerGetsWhatWasMatched(string target, string server, string forwarded) =>
        await CheckAsync(target, server, forwarded, listener => Change(listener, new PathRewrite("", "", normalize: true)));

    [Theory]
    [InlineData("/api/users", "A", "/users")]
    [InlineData("/x/..//%61pi/a%2fb//c", "A", "/a%2fb//c")]
    [InlineData("/api//evil.example/", "A", "/evil.example/")]
    [InlineData("/api/", "A", "/")]
    public async Task Path_PrefixTakenAway_LeavesTheRestAsItCame(string target, string server, string forwarded) =>
        await CheckAsync(target, server, forwarded, listener => Change(listener, new PathRewrite("/api", "", normalize: false)));

    private static async Task CheckAsync(
        string target, string? server, string forwarded, Func<HttpListenerSnapshot, HttpListenerSnapshot> change)
    {
        await using var a = new RecordingServer(name: "A");
        await using var b = new RecordingServer(name: "B");
        await using var atlas = new RunningAtlas(new AtlasOptions { Workers = 1, Change = change }, a, b);

        WireMessage response = await atlas.AskAsync($"GET {target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");

        response.Status.ShouldBe(server is null ? 400 : 200);
        RecordingServer[] reached = [.. ((RecordingServer[])[a, b]).Where(one => one.Requests.Count > 0)];
        reached.Select(one => one.Name).ShouldBe(server is null ? [] : [server]);
        reached.SelectMany(one => one.Requests).Select(request => request.StartLine.Split(' ')[1])
            .ShouldBe(server is null ? [] : [forwarded]);
    }

    private static HttpListenerSnapshot Routed(HttpListenerSnapshot listener) => Change(listener, null);

    private static HttpListenerSnapshot Change(HttpListenerSnapshot listener, PathRewrite? rewrite)
    {
        IReadOnlyList<ServerState> servers = listener.Routes.Routes[0].Pool!.Servers;
        var changes = new RequestChanges { Path = rewrite };
        var api = new MatchConfig { Paths = [new PathPattern(PathPatternKind.Prefix, "/api/")] };
        return listener with
        {
            EncodedSlashes = EncodedSlashPolicy.Keep,
            Routes = new ListenerRoutes(
            [
                new RouteSnapshot("api") { Match = api, Pool = new PoolSnapshot("a", [servers[0]]), Request = changes },
                new RouteSnapshot("rest") { Pool = new PoolSnapshot("b", [servers[1]]), Request = changes },
            ]),
        };
    }
}
