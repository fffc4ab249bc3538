using Atlas.Cli.Tests.Programs;

namespace Atlas.Cli.Tests.Commands;

public sealed class ExplainTests
{
    private const string Config = """
        listeners:
          web:
            bind: 127.0.0.1:8080
            encoded_slashes: reject
            routes:
              - name: partners
                match: { headers: { authorization: "Bearer partner-*" }, host: "*.example.com" }
                pool: web
              - name: api
                match: { path: /api/*, methods: [GET, HEAD], client: 10.0.0.0/8 }
                pool: api
                rewrite: { strip_prefix: /api, host: inner }
              - { name: old, match: { path: /old/* }, redirect: { to: "/new/{rest}" }, rate_limit: { rate: 5/m, burst: 3 } }
              - { name: beta, match: { cookies: { beta: "*" } }, split: [{ pool: web, weight: 3 }, { pool: api }] }
          other: { bind: 127.0.0.1:8081, pool: web }
          database: { bind: 127.0.0.1:5432, protocol: tcp, pool: web }
        pools:
          web: { servers: [127.0.0.1:9001] }
          api:
            balance: least_connections
            servers: [{ name: a, address: 127.0.0.1:9002, weight: 3 }, { name: b, address: 127.0.0.1:9003, backup: true }]
        """;

    [Fact]
    public async Task Explain_RequestThatARouteTakes_SaysWhyAndWhyNot()
    {
        (int code, string output) = await ExplainAsync("--client", "10.1.2.3", "--", "GET", "http://a.example.com:8080/x/..//api/users?q=1");

        code.ShouldBe(0);
        output.ShouldBe("""
            listener web: yes
              path: /api/users
              route partners: no: header authorization is not "Bearer partner-*"
              route api: yes
                the server gets: /users?q=1, Host: inner
                pool api: one of its servers by least_connections
                  server a: weight 3
                  server b: weight 1, backup: only while no other can serve
              route old: no: the path is not /old/*
              route beta: no: cookie beta is absent
            listener other: no: it is not bound to port 8080
            listener database: no: it does not speak HTTP

            """);
    }

    [Fact]
    public async Task Explain_MoreCookiesThanAreLookedAt_SaysThatItIsRefused()
    {
        (_, string output) = await ExplainAsync(
            "--", "GET", "http://a.example.com:8080/", "-H", "Cookie: " + string.Join("; ", Enumerable.Repeat("a=b", 257)));

        output.ShouldContain("  path: /\n  more than 256 cookies, or 16 of one that a route compares: 400 (BR)\n");
    }

    /// <summary>Of so many routes those of the host are looked at first, whatever stands before them.</summary>
    [Fact]
    public async Task Explain_MoreCookiesThanAreLookedAtByLaterRoutes_SaysWhichRouteTakesIt()
    {
        string routes = string.Concat(Enumerable.Range(0, 20).Select(i => $", {{ name: r{i}, match: {{ host: h{i}.x, cookies: {{ c: '1' }} }}, pool: web }}"));
        using var config = new ConfigFile(
            $"listeners: {{ web: {{ bind: '127.0.0.1:8080', routes: [{{ name: first, match: {{ methods: [GET] }}, pool: web }}{routes}] }} }}\n"
            + "pools: { web: { servers: ['127.0.0.1:9001'] } }\n");

        await using RunningProgram atlas = RunningProgram.Atlas(
            "explain", "-c", config.Path, "--", "GET", "http://h3.x:8080/", "-H", "Cookie: " + string.Join("; ", Enumerable.Repeat("a=b", 257)));
        await atlas.EndAsync();

        atlas.Output.ShouldContain("  route first: yes\n");
    }

    [Fact]
    public async Task Explain_Headers_AreMatched()
    {
        (_, string output) = await ExplainAsync(
            "--", "POST", "http://a.example.com:8080/", "-H", "Authorization: Bearer partner-7", "-H", "Cookie: a=b; beta=1");

        output.ShouldContain("  route partners: yes\n    the server gets: /\n    pool web: one of its servers by round_robin\n");
        output.ShouldContain("  route api: no: the path is not /api/*\n");
        output.ShouldContain("  route beta: no: it matches, but partners stands before it\n");
    }

    [Theory]
    [InlineData("http://h:8080/none", "  route api: no: the path is not /api/*\n")]
    [InlineData("http://h:8080/none", "  no route takes it: 404 (NR)\n")]
    [InlineData("http://h:8080/api/a", "  route partners: no: the host is not *.example.com\n  route api: no: the client is not in 10.0.0.0/8\n")]
    [InlineData("http://h:8080/old/a", "  route old: yes\n    lets 5/m pass, 3 at once: more is 429 (RL)\n    redirects with 308 to /new/a\n")]
    [InlineData("http://h:8080/a%2Fb", "  the path has an encoded slash: 400 (BR)\n")]
    [InlineData("http://h:8080/..;/b", "  servers read the dot segments of the path in different ways: 400 (BR)\n")]
    [InlineData("http://h:8081/", "listener other: yes\n  path: /\n  route route-1: yes\n")]
    [InlineData("http://h/", "listener web: yes (though no listener is bound to port 80)\n")]
    public async Task Explain_Request_SaysWhatBecomesOfIt(string url, string expected)
    {
        (int code, string output) = await ExplainAsync("--", "GET", url);

        code.ShouldBe(0);
        output.ShouldContain(expected);
    }

    [Theory]
    [InlineData("by: cookie", "", "one of its servers by round_robin, since the request has no cookie atlas yet; the answer sets it")]
    [InlineData("by: cookie", "atlas=x", "one of its servers by round_robin, since cookie atlas names none of them; the answer sets it anew")]
    [InlineData("\"by\": \"app_cookie:SID\"", "", "one of its servers by round_robin, since the request has no cookie SID yet")]
    [InlineData("\"by\": \"app_cookie:SID\"", "SID=1", "the server that a running Atlas has learned for cookie SID, else one of its servers by round_robin")]
    [InlineData("by: ip", "", "server S[123], to which client 127.0.0.1 sticks, while it is usable")]
    [InlineData("\"by\": \"header:X-User\"", "", "one of its servers by chance, since the request has no header X-User")]
    [InlineData("by: cookie, secret: { file: absent }", "atlas=x", "one of its servers; which one the cookie names cannot be told: sticky.secret: .*")]
    [InlineData("by: cookie, store: s", "", "one of its servers by round_robin, since the request has no cookie atlas yet; the answer sets it")]
    [InlineData("by: cookie, store: s", "atlas=x", "the server that store s has for cookie atlas, else one of its servers by round_robin")]
    [InlineData("\"by\": \"app_cookie:SID\", store: s", "SID=1", "the server that store s has for cookie SID, else one of its servers by round_robin")]
    [InlineData("by: ip, store: s", "", "the server that store s has for client 127.0.0.1, else server S[123]")]
    public async Task Explain_StickyPool_SaysWhichServerOrWhyNone(string sticky, string cookie, string expected) =>
        (await StickyAsync(sticky, cookie)).ShouldMatch($"\n    pool web: {expected}\n");

    [Fact]
    public async Task Explain_PoolWithASession_SaysWhereItIs()
    {
        using var config = new ConfigFile(
            """
            listeners:
              web: { bind: 127.0.0.1:8080, pool: web }
            pools:
              web: { servers: [127.0.0.1:9001], session: cart }
            stores: { here: {} }
            sessions:
              cart: { store: here, cookie: { name: sid } }
            """);
        await using var program = RunningProgram.Atlas("explain", "-c", config.Path, "--", "GET", "http://h:8080/");

        (await program.EndAsync()).ShouldBe(0, program.Errors);
        program.Output.ShouldContain("      session cart: the one in store here that cookie sid names, if any\n");
    }

    [Fact]
    public async Task Explain_CookieOfARunningAtlas_NamesTheServerThatSetIt()
    {
        Backend[] servers = Backend.Three();
        using var config = new ConfigFile(
            $$"""
            listeners:
              web: { bind: 127.0.0.1:0, pool: web }
            pools:
              web:
                servers: [{{string.Join(", ", servers.Select(server => $"{{ name: {server.Name}, address: {server.Address} }}"))}}]
                sticky: { by: cookie }
            admin: { bind: none }
            """);
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);
        using var client = new HttpClient(new SocketsHttpHandler { UseCookies = false });
        for (int i = 0; i < servers.Length; i++)
        {
            using HttpResponseMessage response = await client.GetAsync($"http://{atlas.Address}/");
            string cookie = response.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
            string server = await response.Content.ReadAsStringAsync();
            await using var program = RunningProgram.Atlas("explain", "-c", config.Path, "--", "GET", "http://h/", "-H", $"Cookie: {cookie}");
            (await program.EndAsync()).ShouldBe(0);
            program.Output.ShouldContain($"    pool web: server {server}, which cookie {cookie.Split('=')[0]} names, while it is usable\n");
            await servers[i].DisposeAsync();
        }
    }

    [Theory]
    [InlineData("http://a.example:8080/old/x/y?q=1", "{scheme}://{host}/new/{rest}{query}", "http://a.example:8080/new/x/y?q=1")]
    [InlineData("http://a.example/old/", "https://www.example/{rest}", "https://www.example/")]
    [InlineData("http://a.example/old//b[c]", "/x{path}", "/x/old//b%5Bc%5D")]
    public async Task Explain_Redirect_ShowsTheLocation(string url, string to, string location)
    {
        using var config = new ConfigFile(
            $$"""
            listeners:
              web:
                bind: 127.0.0.1:8080
                routes: [{ match: { path: /old/* }, redirect: { to: "{{to}}" } }]
            """);
        await using var program = RunningProgram.Atlas("explain", "-c", config.Path, "--", "GET", url);

        (await program.EndAsync()).ShouldBe(0, program.Errors);
        program.Output.ShouldContain($"    redirects with 308 to {location}\n");
    }

    [Theory]
    [InlineData("atlas: a method and a URL are needed after --", "--", "GET")]
    [InlineData("atlas: /path: a URL is needed", "--", "GET", "/path")]
    [InlineData("atlas: -X: after the URL, headers are written as -H 'Name: value'", "--", "GET", "http://h/", "-X", "a: b")]
    [InlineData("atlas: -H: after the URL, headers are written as -H 'Name: value'", "--", "GET", "http://h/", "-H", "a")]
    [InlineData("atlas: --client: options stand before --", "--", "GET", "http://h/", "--client", "192.0.2.1")]
    [InlineData("atlas: --client here: an IP address is needed", "--client", "here", "--", "GET", "http://h/")]
    public async Task Explain_WrongWords_SaysWhatIsNeededAndExits2(string message, params string[] words)
    {
        using var config = new ConfigFile(Config);
        await using var program = RunningProgram.Atlas(["explain", "-c", config.Path, .. words]);

        (await program.EndAsync()).ShouldBe(2);
        program.Errors.ShouldStartWith(message);
        program.Errors.ShouldContain("See: atlas explain --help");
    }

    [Fact]
    public async Task Explain_WrongFile_ShowsItsErrors()
    {
        using var config = new ConfigFile("listeners: {}\n");
        await using var program = RunningProgram.Atlas("explain", "-c", config.Path, "--", "GET", "http://h/");

        (await program.EndAsync()).ShouldBe(1);
        program.Errors.ShouldStartWith(config.Path);
    }

    private static async Task<(int Code, string Output)> ExplainAsync(params string[] words)
    {
        using var config = new ConfigFile(Config);
        await using var program = RunningProgram.Atlas(["explain", "-c", config.Path, .. words]);
        int code = await program.EndAsync();
        program.Errors.ShouldBeEmpty();
        return (code, program.Output);
    }

    private static async Task<string> StickyAsync(string sticky, string cookie)
    {
        using var config = new ConfigFile(
            $$"""
            listeners:
              web: { bind: 127.0.0.1:8080, pool: web }
            pools:
              web:
                servers:
                  - { name: S1, address: 127.0.0.1:9001 }
                  - { name: S2, address: 127.0.0.1:9002 }
                  - { name: S3, address: 127.0.0.1:9003 }
                sticky: { {{sticky}} }
            stores: { s: {} }
            """);
        string[] header = cookie.Length == 0 ? [] : ["-H", $"Cookie: {cookie}"];
        await using var program = RunningProgram.Atlas(["explain", "-c", config.Path, "--", "GET", "http://h:8080/", .. header]);
        (await program.EndAsync()).ShouldBe(0, program.Errors);
        return program.Output;
    }
}
