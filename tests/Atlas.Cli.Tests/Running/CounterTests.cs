using System.Globalization;
using Atlas.Cli.Tests.Programs;

namespace Atlas.Cli.Tests.Running;

/// <summary>Numbers go on through reloads, as the pages say.</summary>
public sealed class CounterTests
{
    [Fact]
    public async Task Reloads_OfEveryKindOfChange_TakeNoCounterBack()
    {
        await using var good = new Backend("A");
        await using var bad = new Backend("B") { FailsRequests = true };
        using var config = new ConfigFile(Text(good, bad));
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);
        using var client = new Client(atlas.Address);
        using var admin = new Client(await atlas.Program.ErrorAsync("admin: http://"));
        await atlas.Program.ErrorAsync("pool web server A: up");
        for (int i = 0; i < 8; i++)
        {
            await client.StatusAsync("/");
        }

        Dictionary<string, double> before = Counters(await admin.GetAsync("/metrics"));
        before["atlas_requests_total{listener=\"web\",code=\"2xx\"}"].ShouldBeGreaterThan(0);
        before["atlas_upstream_attempts_total{pool=\"web\",server=\"A\"}"].ShouldBeGreaterThan(0);
        before["atlas_health_checks_total{pool=\"web\",server=\"A\",result=\"passed\"}"].ShouldBeGreaterThan(0);
        string[] changes =
        [
            "# a line more\n" + Text(good, bad),
            Text(good, bad, timeouts: "{ idle: 70s }"),
            Text(good, bad, check: "interval: 1100ms"),
            Text(good, bad, log: "other.log"),
            Text(good, bad, breaker: "min_requests: 500"),
            Text(good, bad, route: "{ match: { path: /x }, respond: { status: 204 } }, "),
            Text(good, bad, balance: "least_connections"),
            Text(good, bad, queue: "limit: 7"),
        ];
        for (int i = 0; i < changes.Length; i++)
        {
            config.Write(changes[i]);
            await atlas.ReloadAsync(before: i);
            await client.StatusAsync("/");
            Dictionary<string, double> after = Counters(await admin.GetAsync("/metrics"));
            foreach ((string name, double value) in before.Where(sample => !sample.Key.Contains("route=\"route-1\"", StringComparison.Ordinal)))
            {
                // What the file names no more is no longer told; route-1 comes and goes.
                after.GetValueOrDefault(name, double.NaN).ShouldBeGreaterThanOrEqualTo(value, $"{name} after change {i}");
            }

            before = after;
        }
    }

    private static string Text(
        Backend good,
        Backend bad,
        string timeouts = "{}",
        string check = "interval: 1s",
        string log = "access.log",
        string breaker = "min_requests: 1000",
        string route = "",
        string balance = "round_robin",
        string queue = "limit: 5") =>
        $$"""
        listeners:
          web:
            bind: 127.0.0.1:0
            timeouts: {{timeouts}}
            access_log: { to: {{log}} }
            routes: [{{route}}{ name: all, pool: web }]
        pools:
          web:
            balance: {{balance}}
            servers: [{ name: A, address: {{good.Address}} }, { name: B, address: {{bad.Address}} }]
            health_check: { path: /health, timeout: 900ms, {{check}} }
            circuit_breaker: { {{breaker}} }
            queue: { {{queue}} }
            retry: { attempts: 1, on: [503] }
        admin: { bind: 127.0.0.1:0 }
        """;

    /// <summary>The numbers that only grow, those of the process apart.</summary>
    private static Dictionary<string, double> Counters(string metrics) => metrics.Split('\n')
        .Where(line => line.Length > 0 && line[0] != '#')
        .Select(line => (Name: line[..line.LastIndexOf(' ')], Value: double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture)))
        .Where(sample => sample.Name.Contains("_total", StringComparison.Ordinal) || sample.Name.Contains("_bucket", StringComparison.Ordinal))
        .ToDictionary(sample => sample.Name, sample => sample.Value);
}
