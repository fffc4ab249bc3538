using Atlas.Cli.Tests.Programs;

namespace Atlas.Cli.Tests.Running;

/// <summary>examples/rate-limit.yaml as it stands, but for its ports, asked by curl.</summary>
public sealed class RateLimitTests
{
    [Theory]
    [InlineData("--http1.1")]
    [InlineData("--http2-prior-knowledge")]
    public async Task Example_PastALimit_IsRefusedWithWhatToDo(string version)
    {
        string text = await File.ReadAllTextAsync(Path.Combine(Checkout.Root, "examples", "rate-limit.yaml"));
        await using RunningProgram server = RunningProgram.Atlas("server", "--bind", "127.0.0.1:0");
        string address = (await server.ErrorAsync("server on http://")).Trim();
        using var config = new ConfigFile(text
            .Replace("127.0.0.1:9001", address, StringComparison.Ordinal)
            .Replace("127.0.0.1:8080", "127.0.0.1:0", StringComparison.Ordinal) + "admin: { bind: none }\n");
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);

        // The rate brings a try back every 12 s, which a slow machine may take for as many requests: the burst is 3.
        string login = "";
        int asked = 0;
        for (; asked < 8 && !login.Contains("429", StringComparison.Ordinal); asked++)
        {
            login = await AskAsync("/login", "--data", "user=ann");
        }

        login.ShouldContain("429");
        FieldOf(login, "ratelimit-limit").ShouldBe(3);
        FieldOf(login, "ratelimit-remaining").ShouldBe(0);
        FieldOf(login, "ratelimit-reset").ShouldBeInRange(25, 36);
        FieldOf(login, "retry-after").ShouldBeInRange(1, 12);
        login.ShouldEndWith("Too Many Requests\n");
        login.ShouldNotContain("connection: close", Case.Insensitive);
        string line = await atlas.Program.OutputAsync("{", asked - 1);
        line.ShouldContain("\"flag\":\"RL\",\"end\":\"rate_limited\"");

        string partner = await AskAsync("/api/users", "--header", "X-Api-Key: 17");
        (FieldOf(partner, "ratelimit-limit"), FieldOf(partner, "ratelimit-remaining")).ShouldBe((200, 199));
        (await AskAsync("/login")).ShouldNotContain("ratelimit", Case.Insensitive, "a GET goes by the last route");

        Task<string> AskAsync(string path, params string[] more) =>
            Tool.RunAsync("curl", ["--silent", "--show-error", "--include", "--max-time", "30", version, .. more, $"http://{atlas.Address}{path}"]);
    }

    [Fact]
    public async Task Reload_WithTheSameLimit_KeepsWhatWasUsed()
    {
        const string Limit = "rate_limit: { rate: 1/h, burst: 1, key: route }";
        using var config = new ConfigFile(Text(Limit, "one"));
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);
        (await StatusAsync()).ShouldBe("200");
        (await StatusAsync()).ShouldBe("429");

        config.Write(Text(Limit, "two"));
        await atlas.ReloadAsync();
        (await StatusAsync()).ShouldBe("429");

        // What was used stays used; a second request more may be.
        config.Write(Text("rate_limit: { rate: 1/h, burst: 2, key: route }", "three"));
        await atlas.ReloadAsync(before: 1);
        (await StatusAsync()).ShouldBe("200");
        (await StatusAsync()).ShouldBe("429");

        config.Write(Text("rate_limit: { rate: 1/h, burst: 2, key: client_ip }", "four"));
        await atlas.ReloadAsync(before: 2);
        (await StatusAsync()).ShouldBe("200");

        async Task<string> StatusAsync() =>
            (await Tool.RunAsync(
                "curl", "--silent", "--show-error", "--max-time", "30", "--output", "/dev/null", "--write-out", "%{http_code}", $"http://{atlas.Address}/")).Trim();

        static string Text(string limit, string body) =>
            "listeners: { web: { bind: 127.0.0.1:0, routes: [{ name: r, respond: { body: " + body + " }, " + limit + " }] } }\npools: {}\nadmin: { bind: none }\n";
    }

    private static int FieldOf(string response, string name)
    {
        string line = response.Split('\n').Single(field => field.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase));
        return int.Parse(line.AsSpan(name.Length + 1).Trim(), System.Globalization.CultureInfo.InvariantCulture);
    }
}
