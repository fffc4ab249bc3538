using System.Globalization;
using System.Net;
using Atlas.Cli.Tests.Programs;

namespace Atlas.Cli.Tests.Running;

/// <summary>Sessions outside the servers: any server serves any user, and nobody notices who of them was killed.</summary>
public sealed class SessionTests
{
    private const int Lanes = 32;
    private const int Items = 3;

    [Fact]
    public async Task Carts_InMemoryWhileServersAreKilled_LoseNothing()
    {
        const int users = 2_000;
        await using Servers servers = await Servers.StartAsync(3);
        using var config = new ConfigFile(Text(servers, "type: memory", "127.0.0.1:0"));
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);
        using var carts = new CartUsers(atlas.Address);

        Task shopping = carts.RunAsync(users, Items, Lanes);
        int restarts = await RestartWhileAsync(servers, shopping);
        await shopping;

        restarts.ShouldBeGreaterThan(0);
        carts.Answered.ShouldBeGreaterThan(users * Items * 9 / 10);
    }

    [Fact]
    public async Task Carts_InMemoryOverUpgrades_LoseNothing()
    {
        const int users = 4_000;
        const int minUpgrades = 3;
        await using Servers servers = await Servers.StartAsync(3);
        using var config = new ConfigFile(Text(servers, "type: memory", "127.0.0.1:0").Replace("bind: none", "bind: 127.0.0.1:0", StringComparison.Ordinal));
        await using UpgradableAtlas atlas = await UpgradableAtlas.StartAsync(config);
        using var carts = new CartUsers(await atlas.AddressAsync("web", "http"));
        int upgrades = 0;
        Task shopping = carts.RunAsync(users, Items, Lanes);
        while (!shopping.IsCompleted || upgrades < minUpgrades)
        {
            await atlas.UpgradeAsync();
            upgrades++;
        }

        await shopping;

        (carts.Answered, carts.Unanswered).ShouldBe((users * Items, 0));
        (await atlas.GetAsync("/api/v1/status")).GetProperty("sessions")[0].GetProperty("count").GetInt32().ShouldBe(users);
        await atlas.StopAsync();
    }

    [Fact]
    public async Task Upgrade_ToAFileWithoutTheSession_SaysWhatIsLost()
    {
        await using Servers servers = await Servers.StartAsync(1);
        string text = Text(servers, "type: memory", "127.0.0.1:0").Replace("bind: none", "bind: 127.0.0.1:0", StringComparison.Ordinal);
        using var config = new ConfigFile(text);
        await using UpgradableAtlas atlas = await UpgradableAtlas.StartAsync(config);
        using var carts = new CartUsers(await atlas.AddressAsync("web", "http"));
        await carts.RunAsync(users: 1, Items, lanes: 1);
        config.Write(text.Replace("session: cart, ", "", StringComparison.Ordinal).Replace("cart: {", "basket: {", StringComparison.Ordinal));

        ToolResult result = await atlas.TryUpgradeAsync();

        const string Lost = "session cart: the file has none of this name in memory: the sessions of before are not taken along\n";
        result.Output.ShouldContain(Lost);
        atlas.Program.Errors.ShouldContain(Lost);
    }

    [Fact]
    public async Task Carts_InRedisWhileServersAndANodeRestart_LoseNothing()
    {
        const int users = 10_000;
        await using PeerServer redis = await StartRedisAsync();
        await using Servers servers = await Servers.StartAsync(3);
        string store = RedisText(redis);
        using var config = new ConfigFile(Text(servers, store, "127.0.0.1:0"));
        await using RunningAtlas first = await RunningAtlas.StartAsync(config);
        RunningAtlas second = await RunningAtlas.StartAsync(config);
        using var again = new ConfigFile(Text(servers, store, second.Address));
        using var carts = new CartUsers(first.Address, second.Address);

        Task shopping = carts.RunAsync(users, Items, Lanes);
        Task<int> restarting = RestartWhileAsync(servers, shopping);
        int nodes = 0;
        while (!shopping.IsCompleted)
        {
            await second.Program.SignalAsync("TERM");
            (await second.Program.EndAsync()).ShouldBe(0);
            await second.DisposeAsync();
            second = await RunningAtlas.StartAsync(again);
            nodes++;
            await Task.WhenAny(shopping, Task.Delay(1_000));
        }

        await second.DisposeAsync();
        await shopping;

        (await restarting).ShouldBeGreaterThan(0);
        nodes.ShouldBeGreaterThan(0);
        carts.Answered.ShouldBeGreaterThan(users * Items / 2);
        string keys = await Tool.RunAsync("redis-cli", ["-p", redis.Port, "dbsize"]);
        int.Parse(keys, CultureInfo.InvariantCulture).ShouldBeInRange(users * 9 / 10, users * 2);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Session_OverItsLife_IsWhatTheApplicationsWrote(bool inRedis)
    {
        await using PeerServer? redis = inRedis ? await StartRedisAsync() : null;
        using var a = new SessionApp();
        using var b = new SessionApp();
        using var config = new ConfigFile(Text([a.Address, b.Address], redis is null ? "type: memory" : RedisText(redis), "127.0.0.1:0", "cookie: { name: sid }"));
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);
        using var user = new SessionClient(atlas.Address);
        using var other = new SessionClient(atlas.Address);

        (await user.AskAsync("/")).ShouldSatisfyAllConditions(view => view.Version.ShouldBe("0"), view => view.Contents.ShouldBeEmpty());
        user.Cookie.ShouldBeNull();
        await user.AskAsync("/set?v=one");
        string first = user.Cookie.ShouldNotBeNull();
        SessionView one = await user.AskAsync("/");
        one.ShouldSatisfyAllConditions(view => view.Contents.ShouldBe("one"), view => view.Id.ShouldBe(first), view => view.Version.Length.ShouldBe(16));
        await user.AskAsync($"/swap?v=two&version={one.Version}");
        await user.AskAsync($"/swap?v=three&version={one.Version}", HttpStatusCode.Conflict);
        (await user.AskAsync("/")).Contents.ShouldBe("two");
        await user.AskAsync("/rotate");
        user.Cookie.ShouldNotBe(first);
        (await user.AskAsync("/")).Contents.ShouldBe("two");
        other.Cookie = first;
        (await other.AskAsync("/")).ShouldSatisfyAllConditions(view => view.Contents.ShouldBeEmpty(), view => view.Id.ShouldNotBe(first));
        string large = new('x', 8_000);
        await user.AskAsync($"/set?v={large}");
        (await user.AskAsync("/")).Contents.ShouldBe(large);
        if (redis is not null)
        {
            // That of the session, and for half a minute that of the id that it had before.
            string[] keys = (await Tool.RunAsync("redis-cli", ["-p", redis.Port, "keys", "*"])).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            keys.Length.ShouldBe(2);
            keys.ShouldAllBe(key => key.StartsWith("atlas:session:cart:") && !key.Contains(user.Cookie!) && !key.Contains(first));
            int[] seconds = await Task.WhenAll(keys.Select(async key =>
                int.Parse(await Tool.RunAsync("redis-cli", ["-p", redis.Port, "ttl", key]), CultureInfo.InvariantCulture)));
            seconds.Min().ShouldBeInRange(0, 30);
            seconds.Max().ShouldBeInRange(1_700, 1_800);
        }

        await user.AskAsync("/end");
        user.Cookie.ShouldBeNull();
        if (redis is not null)
        {
            (await Tool.RunAsync("redis-cli", ["-p", redis.Port, "dbsize"])).Trim().ShouldBe("1");
        }
    }

    [Fact]
    public async Task Redis_KilledStoppedAndBack_FailsOnlyRequestsWithSessions()
    {
        using var app = new SessionApp();
        PeerServer redis = await StartRedisAsync();
        string text = Text([app.Address], RedisText(redis), "127.0.0.1:0", "cookie: { name: sid }").Replace(
            "pool: shop }", "routes: [{ match: { path: /plain }, pool: plain }, { pool: shop }], access_log: {} }", StringComparison.Ordinal).Replace(
            "pools:", $"pools:\n  plain: {{ servers: [{app.Address}] }}", StringComparison.Ordinal);
        using var config = new ConfigFile(text);
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);
        using var user = new SessionClient(atlas.Address);
        await user.AskAsync("/set?v=one");

        await redis.SignalAsync("STOP");
        await user.AskAsync("/", HttpStatusCode.ServiceUnavailable);
        (await user.AskAsync("/plain")).Contents.ShouldBeEmpty();
        await redis.SignalAsync("CONT");
        await UntilAsync(user, HttpStatusCode.OK);
        (await user.AskAsync("/")).Contents.ShouldBe("one");

        await redis.SignalAsync("KILL");
        await UntilAsync(user, HttpStatusCode.ServiceUnavailable);
        int asked = app.Asked;
        await user.AskAsync("/", HttpStatusCode.ServiceUnavailable);
        app.Asked.ShouldBe(asked);
        (await user.AskAsync("/plain")).Contents.ShouldBeEmpty();
        await using PeerServer again = await StartRedisAsync(redis.Port);
        await UntilAsync(user, HttpStatusCode.OK);
        atlas.Program.Output.ShouldContain("\"flag\":\"SS\"");
        await redis.DisposeAsync();
    }

    [Fact]
    public async Task Sticky_InAStore_IsTheSameOnBothNodesAndAfterARestart()
    {
        await using PeerServer redis = await StartRedisAsync();
        await using var a = new Backend("A");
        await using var b = new Backend("B");
        await using var c = new Backend("C");
        using var config = new ConfigFile(
            $$"""
            listeners:
              web: { bind: 127.0.0.1:0, pool: web }
            pools:
              web:
                servers: [{{string.Join(", ", new[] { a, b, c }.Select(server => $"{{ name: {server.Name}, address: {server.Address} }}"))}}]
                sticky: { by: cookie, store: there }
            stores:
              there: { {{RedisText(redis)}} }
            admin: { bind: none }
            """);
        await using RunningAtlas first = await RunningAtlas.StartAsync(config);
        await using RunningAtlas second = await RunningAtlas.StartAsync(config);
        using var http = new HttpClient(new SocketsHttpHandler { UseCookies = false });
        var users = new Dictionary<string, string>();
        for (int i = 0; i < 9; i++)
        {
            using HttpResponseMessage response = await http.GetAsync($"http://{first.Address}/");
            users.Add(response.Headers.GetValues("Set-Cookie").Single().Split(';')[0], await response.Content.ReadAsStringAsync());
        }

        await ShouldStayAsync(second.Address);
        await using RunningAtlas third = await RunningAtlas.StartAsync(config);
        await ShouldStayAsync(third.Address);

        users.Values.Distinct().Count().ShouldBe(3);

        async Task ShouldStayAsync(string address)
        {
            foreach ((string cookie, string server) in users)
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, $"http://{address}/");
                request.Headers.Add("Cookie", cookie);
                using HttpResponseMessage response = await http.SendAsync(request);
                (await response.Content.ReadAsStringAsync()).ShouldBe(server);
                response.Headers.Contains("Set-Cookie").ShouldBeFalse();
            }
        }
    }

    private static Task<PeerServer> StartRedisAsync(string? at = null) => PeerServer.StartAsync(
        port => ["redis-server", "--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"], at);

    // Slow machines take their time; what a request waits for is another test's matter.
    private static string RedisText(PeerServer redis) => $"type: redis, url: 'redis://{redis.Address}/0', timeout: 1s";

    private static async Task UntilAsync(SessionClient user, HttpStatusCode status)
    {
        using var limit = new CancellationTokenSource(RunningProgram.Limit);
        while (!await IsAsync(user, status))
        {
            await Task.Delay(20, limit.Token);
        }
    }

    private static async Task<bool> IsAsync(SessionClient user, HttpStatusCode status)
    {
        try
        {
            await user.AskAsync("/", status);
            return true;
        }
        catch (ShouldAssertException)
        {
            return false;
        }
    }

    private static async Task<int> RestartWhileAsync(Servers servers, Task work)
    {
        int restarts = 0;
        for (; !work.IsCompleted; restarts++)
        {
            await servers.RestartAsync(restarts % servers.Addresses.Count);
        }

        return restarts;
    }

    private static string Text(Servers servers, string store, string bind) => Text(servers.Addresses, store, bind, "cookie: { name: cart }");

    private static string Text(IEnumerable<string> servers, string store, string bind, string session) =>
        $$"""
        listeners:
          web: { bind: '{{bind}}', pool: shop }
        pools:
          shop: { servers: [{{string.Join(", ", servers)}}], session: cart, retry: { attempts: 2 } }
        stores:
          there: { {{store}} }
        sessions:
          cart: { store: there, {{session}} }
        admin: { bind: none }
        """;
}
