using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Atlas.Cli.Tests.Programs;

namespace Atlas.Cli.Tests.Running;

/// <summary>What the admin API says of failing servers and pools, and that its description is what it does.</summary>
public sealed class ApiTests
{
    private const string StatusPath = "/api/v1/status";
    private const string ReloadPath = "/api/v1/reload";
    private const string OrderPath = "/api/v1/pools/{pool}/servers/{server}";

    [Fact]
    public async Task Answers_OfEachKind_AreAsDescribed()
    {
        await using var good = new Backend("A");
        await using var bad = new Backend("B") { FailsRequests = true };
        using var config = new ConfigFile(Text(good, bad, "trusted_proxies: [127.0.0.1/32]"));
        await File.WriteAllTextAsync(config.Sibling("token"), "sesame");
        config.Write((await File.ReadAllTextAsync(config.Path)).Replace("127.0.0.1:0 } #", "127.0.0.1:0, token: { file: token } }", StringComparison.Ordinal));
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);
        using var admin = await AdminAsync(atlas);
        var document = new ApiDocument(JsonNode.Parse(await GetAsync(admin, "/openapi.json"))!);
        using HttpResponseMessage events = await SendAsync(admin, HttpMethod.Get, "/api/v1/events");
        using var reader = new StreamReader(await events.Content.ReadAsStreamAsync());
        await FailAsync(atlas, bad);
        await atlas.Program.ErrorAsync($"pool web server B: ejected for ");
        await atlas.Program.ErrorAsync($"pool single: circuit open for 30s: 2 of 2 requests failed in 10s");

        await CheckAsync(HttpMethod.Get, "/healthz");
        await CheckAsync(HttpMethod.Get, "/readyz");
        await CheckAsync(HttpMethod.Get, "/metrics");
        await CheckAsync(HttpMethod.Get, "/openapi.json");
        await CheckAsync(HttpMethod.Get, StatusPath);
        (await GetAsync(admin, StatusPath)).ShouldContain("\"answers\":[\"a\"]");
        await CheckAsync(HttpMethod.Get, "/api/v1/certificates");
        await CheckAsync(HttpMethod.Patch, OrderPath, """{"state":"drain"}""");
        await CheckAsync(HttpMethod.Get, StatusPath);
        await CheckAsync(HttpMethod.Patch, OrderPath, """{"weight":0}""");
        await CheckAsync(HttpMethod.Patch, OrderPath, "{", HttpStatusCode.BadRequest);
        await CheckAsync(HttpMethod.Patch, OrderPath, new string(' ', 5_000), HttpStatusCode.RequestEntityTooLarge);
        await CheckAsync(HttpMethod.Patch, OrderPath, """{"weight":0}""", HttpStatusCode.NotFound, "nobody");
        await CheckAsync(HttpMethod.Post, ReloadPath, "{}");
        await CheckAsync(HttpMethod.Post, ReloadPath, "", HttpStatusCode.BadRequest);
        config.Write("listeners: {");
        await CheckAsync(HttpMethod.Post, ReloadPath, "{}", HttpStatusCode.UnprocessableEntity);
        admin.DefaultRequestHeaders.Authorization = null;
        foreach (string path in (string[])["/metrics", "/openapi.json", StatusPath, "/api/v1/certificates", "/api/v1/events"])
        {
            await CheckAsync(HttpMethod.Get, path, status: HttpStatusCode.Unauthorized);
        }

        await CheckAsync(HttpMethod.Patch, OrderPath, "{}", HttpStatusCode.Unauthorized);
        for (int i = 0; i < 4; i++)
        {
            document.Check(await DataAsync(reader), "Event");
        }

        async Task CheckAsync(
            HttpMethod method, string path, string? body = null, HttpStatusCode status = HttpStatusCode.OK, string server = "A")
        {
            string at = path.Replace("{pool}", "web", StringComparison.Ordinal).Replace("{server}", server, StringComparison.Ordinal);
            using HttpResponseMessage response = await SendAsync(admin, method, at, body);
            response.StatusCode.ShouldBe(status);
            await document.CheckAsync(path, response);
        }
    }

    [Fact]
    public async Task Status_ServersAndPoolsFail_SaysWhyAndForHowLong()
    {
        await using var good = new Backend("A");
        await using var bad = new Backend("B") { FailsRequests = true };
        using var config = new ConfigFile(Text(good, bad, "trusted_proxies: [127.0.0.1/32]"));
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);
        using var admin = await AdminAsync(atlas);
        await FailAsync(atlas, bad);
        await atlas.Program.ErrorAsync($"pool web server B: ejected for ");
        await atlas.Program.ErrorAsync($"pool single: circuit open for 30s: 2 of 2 requests failed in 10s");

        using JsonDocument status = JsonDocument.Parse(await GetAsync(admin, StatusPath));
        JsonElement[] pools = [.. status.RootElement.GetProperty("pools").EnumerateArray()];
        JsonElement ejection = pools[0].GetProperty("servers")[1].GetProperty("ejection");
        ejection.GetProperty("reason").GetString()!.ShouldMatch(@"^[56] failures in a row \(0 to connect\)$");
        ejection.GetProperty("seconds_left").GetDouble().ShouldBeInRange(1, 30);
        JsonElement circuit = pools[1].GetProperty("circuit");
        circuit.GetProperty("state").GetString().ShouldBe("open");
        circuit.GetProperty("reason").GetString().ShouldBe("2 of 2 requests failed in 10s");
        circuit.GetProperty("since").GetDateTimeOffset().ShouldBe(DateTimeOffset.UtcNow, TimeSpan.FromSeconds(60));
        string metrics = await GetAsync(admin, "/metrics");
        metrics.ShouldContain("\natlas_pool_circuit_open{pool=\"single\"} 1\n");
        metrics.ShouldContain("\natlas_pool_circuit_state{pool=\"single\",state=\"open\"} 1\n");
        metrics.ShouldContain("\natlas_pool_circuit_state{pool=\"single\",state=\"half_open\"} 0\n");
        metrics.ShouldNotContain("atlas_pool_circuit_state{pool=\"web\"");

        await using var program = RunningProgram.Atlas("status", "--admin", admin.BaseAddress!.Authority);
        (await program.EndAsync()).ShouldBe(0);
        program.Output.ShouldMatch(@"\n  B +ejected .*\n? +for \d+s more: [56] failures in a row \(0 to connect\)\n");
        program.Output.ShouldMatch(@"\n  CIRCUIT OPEN since \d\d:\d\d:\d\dZ, for [0-9.]+s more: 2 of 2 requests failed in 10s\n");
    }

    [Fact]
    public async Task Status_AServerFailsForOneClient_SaysWhyItIsNotEjected()
    {
        await using var good = new Backend("A");
        await using var bad = new Backend("B") { FailsRequests = true };
        using var config = new ConfigFile(Text(good, bad, ""));
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);
        using var client = new Client(atlas.Address);
        for (int i = 0; i < 24; i++)
        {
            await client.StatusAsync("/");
        }

        // The fifth wakes the thread that says it; more may fail before it counts them.
        string kept = await atlas.Program.ErrorAsync("pool web server B: up still, with ");
        kept.ShouldMatch("^([5-9]|1[0-2]) failures in a row, from one client only: not ejected");
        await using var program = RunningProgram.Atlas("status", "--admin", await atlas.Program.ErrorAsync("admin: http://"));
        (await program.EndAsync()).ShouldBe(0);
        program.Output.ShouldContain("12 failures in a row, from one client only: not ejected\n");
    }

    private static string Text(Backend good, Backend bad, string listener) =>
        $$"""
        listeners:
          web: { bind: 127.0.0.1:0, pool: web{{(listener.Length > 0 ? ", " : "")}}{{listener}} }
          single: { bind: 127.0.0.1:0, pool: single }
        pools:
          web:
            servers: [{ name: A, address: {{good.Address}} }, { name: B, address: {{bad.Address}} }]
            outlier_detection: { max_ejected: 100% }
          single:
            servers: [{ name: B, address: {{bad.Address}} }]
            circuit_breaker: { min_requests: 2, open_for: 30s }
        admin: { bind: 127.0.0.1:0 } #
        high_availability:
          node: a
          active_active: { bind: 127.0.0.1:0, zone: lb.example, records: { www: { nodes: { a: 192.0.2.1 } } } }
        """;

    /// <summary>Has requests of several clients fail.</summary>
    private static async Task FailAsync(RunningAtlas atlas, Backend bad)
    {
        bad.FailsRequests.ShouldBeTrue();
        using var http = new HttpClient();
        for (int i = 0; i < 12; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"http://{atlas.Address}/");
            request.Headers.Add("X-Forwarded-For", $"192.0.2.{i}");
            (await http.SendAsync(request)).Dispose();
        }

        using var single = new Client(await atlas.Program.ErrorAsync("listener single: http on "));
        (await single.StatusAsync("/")).ShouldBe(503);
        (await single.StatusAsync("/")).ShouldBe(503);
    }

    private static async Task<HttpClient> AdminAsync(RunningAtlas atlas)
    {
        var client = new HttpClient { BaseAddress = new Uri(await atlas.Program.ErrorAsync("admin: ")) };
        client.DefaultRequestHeaders.Authorization = new("Bearer", "sesame");
        return client;
    }

    private static Task<string> GetAsync(HttpClient client, string path) => client.GetStringAsync(path);

    private static Task<HttpResponseMessage> SendAsync(HttpClient client, HttpMethod method, string path, string? body = null)
    {
        var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        return client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    private static async Task<string> DataAsync(StreamReader events)
    {
        while (await events.ReadLineAsync().WaitAsync(RunningProgram.Limit) is string line)
        {
            if (line.StartsWith("data: ", StringComparison.Ordinal))
            {
                return line["data: ".Length..];
            }
        }

        throw new InvalidOperationException("the stream has ended");
    }
}
