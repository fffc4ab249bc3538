using System.Text.Json;
using Atlas.Cli.Tests.Programs;

namespace Atlas.Cli.Tests.Running;

public sealed class NameTests
{
    private const int Clients = 4;

    [Fact]
    public async Task Name_WhateverItsServerSays_FailsNoRequestAndFollows()
    {
        Backend[] servers = await Backend.ThreeOnOnePortAsync();
        await using var dns = new DnsServer(1, 2);
        using ConfigFile config = Config(servers, dns);
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);
        await using var load = new Load(atlas.Address, Clients);
        string name = $"pool web: api.internal:{servers[0].Port} has ";
        using var client = new Client(atlas.Address);
        (await client.GetManyAsync(20)).ShouldNotContain("C");

        dns.Have(3, 2, 1);
        await atlas.Program.ErrorAsync($"{name}3 servers: 127.0.0.3:{servers[0].Port} came");
        (await client.GetUntilAsync("C")).ShouldContain("C");

        dns.Fail();
        await atlas.Program.ErrorAsync($"pool web: api.internal (A) is not resolved: {dns.Address}: SERVFAIL; its 3 servers stay, next try in 1 s");
        dns.FallSilent();
        await atlas.Program.ErrorAsync($"pool web: api.internal (A) is not resolved: {dns.Address}: no answer within 2000 ms; its 3 servers stay");
        dns.Lose();
        await atlas.Program.ErrorAsync($"pool web: api.internal (A) is not resolved: {dns.Address}: NXDOMAIN; its 3 servers stay");
        string before = await client.GetUntilAsync("ABC");

        dns.Have(1, 3);
        await atlas.Program.ErrorAsync($"{name}2 servers: 127.0.0.2:{servers[0].Port} left");
        await load.AnsweredAsync(load.Answered + 100);
        string after = await client.GetUntilAsync("AC") + await client.GetManyAsync(30);
        await servers[1].DisposeAsync();
        await load.AnsweredAsync(load.Answered + 100);
        await load.EndAsync();

        before.ShouldContain("A");
        before.ShouldContain("B");
        before.ShouldContain("C");
        after.ShouldContain("A");
        after.ShouldContain("C");
        after.ShouldNotContain("B");
        load.Failures.ShouldBeEmpty();
        await servers[0].DisposeAsync();
        await servers[2].DisposeAsync();
    }

    [Fact]
    public async Task Server_ThatItsNameHasNoMore_EndsWhatItHasAndIsToldToBeSafe()
    {
        Backend[] servers = await Backend.ThreeOnOnePortAsync();
        await using var dns = new DnsServer(2);
        using ConfigFile config = Config(servers, dns);
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);
        string server = $"pool web server api.internal@127.0.0.2:{servers[0].Port}: ";
        using var client = new Client(atlas.Address);
        Task<string> held = client.GetAsync("/hold");
        await servers[1].Asked;

        dns.Have(1);
        await atlas.Program.ErrorAsync($"{server}its name has it no more: 1 request is left");
        (await client.GetManyAsync(10)).ShouldBe(new string('A', 10));
        held.IsCompleted.ShouldBeFalse();
        servers[1].Release();

        (await held).ShouldBe("B");
        await atlas.Program.ErrorAsync($"{server}its last request has ended, safe to stop");
        await EndAsync(servers);
    }

    [Fact]
    public async Task Start_WithANameThatIsNotThere_IsReadySaysSoAndServesOnceItIs()
    {
        Backend[] servers = await Backend.ThreeOnOnePortAsync();
        await using var dns = new DnsServer();
        dns.Lose();
        using ConfigFile config = Config(servers, dns, "127.0.0.1:0");
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);
        string admin = await atlas.Program.ErrorAsync("admin: ");
        using var client = new Client(atlas.Address);

        (await client.StatusAsync("/")).ShouldBe(503);
        using var api = new Client(admin["http://".Length..]);
        (await api.StatusAsync("/readyz")).ShouldBe(200);
        await using RunningProgram status = RunningProgram.Atlas("status", "--admin", admin);
        (await status.EndAsync()).ShouldBe(0);
        status.Output.ShouldContain("NO SERVER IS USABLE");
        status.Output.ShouldContain($"  NOTE api.internal:{servers[0].Port} is not resolved: api.internal (A): {dns.Address}: NXDOMAIN\n");
        dns.Have(3);
        await atlas.Program.ErrorAsync($"pool web: api.internal:{servers[0].Port} has 1 server: 127.0.0.3:{servers[0].Port} came");

        (await client.GetAsync()).ShouldBe("C");
        JsonElement pool = JsonDocument.Parse(await api.GetAsync("/api/v1/status")).RootElement.GetProperty("pools")[0];
        pool.GetProperty("names")[0].GetProperty("servers").GetInt32().ShouldBe(1);
        pool.GetProperty("servers")[0].GetProperty("name").GetString().ShouldBe($"api.internal@127.0.0.3:{servers[0].Port}");
        (await api.GetAsync("/metrics")).ShouldContain("atlas_dns_answer_age_seconds{name=\"api.internal\"}");
        await EndAsync(servers);
    }

    [Fact]
    public async Task Reload_WhileTheNamesServerIsSilent_KeepsServersAndTheirCounters()
    {
        Backend[] servers = await Backend.ThreeOnOnePortAsync();
        await using var dns = new DnsServer(1, 2);
        using ConfigFile config = Config(servers, dns, "127.0.0.1:0");
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);
        string admin = await atlas.Program.ErrorAsync("admin: ");
        using var client = new Client(atlas.Address);
        await client.GetManyAsync(10);
        dns.FallSilent();

        config.Write(Text(servers, dns, "127.0.0.1:0", "balance: least_connections"));
        await atlas.ReloadAsync();

        (await client.GetManyAsync(10)).ShouldContain("B");
        using var api = new Client(admin["http://".Length..]);
        string[] answers = [.. (await api.GetAsync("/metrics")).Split('\n')
            .Where(line => line.StartsWith("atlas_upstream_responses_total{", StringComparison.Ordinal))];
        answers.Sum(line => int.Parse(line.Split(' ')[^1], System.Globalization.CultureInfo.InvariantCulture)).ShouldBe(20);
        await EndAsync(servers);
    }

    [Fact]
    public async Task Terminate_WhileReadyDelayRuns_GoesOnToFollowTheName()
    {
        Backend[] servers = await Backend.ThreeOnOnePortAsync();
        await using var dns = new DnsServer(1);
        using var config = new ConfigFile(
            Text(servers, dns).Replace("runtime: {", "runtime: { shutdown: { ready_delay: 1h },", StringComparison.Ordinal));
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);
        await atlas.Program.SignalAsync("TERM");
        await atlas.Program.ErrorAsync("not ready: ");

        dns.Have(3);
        await atlas.Program.ErrorAsync($"pool web: api.internal:{servers[0].Port} has 1 server: 127.0.0.3:{servers[0].Port} came");

        using var client = new Client(atlas.Address);
        (await client.GetAsync()).ShouldBe("C");
        await EndAsync(servers);
    }

    [Fact]
    public async Task Cookie_OfAServerThatStays_KeepsItsClientWhileOthersComeAndGo()
    {
        Backend[] servers = await Backend.ThreeOnOnePortAsync();
        await using var dns = new DnsServer(1, 2);
        using var config = new ConfigFile(Text(servers, dns, "none", "sticky: { by: cookie }"));
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);
        using var client = new Client(atlas.Address);
        string first = await client.GetAsync();
        byte host = (byte)(first == "A" ? 1 : 2);

        dns.Have(host, 3);
        await atlas.Program.ErrorAsync($"pool web: api.internal:{servers[0].Port} has 2 servers: 127.0.0.3:{servers[0].Port} came, ");

        (await client.GetManyAsync(20)).ShouldBe(string.Concat(Enumerable.Repeat(first, 20)));
        await EndAsync(servers);
    }

    private static async Task EndAsync(Backend[] servers)
    {
        foreach (Backend server in servers)
        {
            await server.DisposeAsync();
        }
    }

    private static ConfigFile Config(Backend[] servers, DnsServer dns, string admin = "none") => new(Text(servers, dns, admin));

    private static string Text(Backend[] servers, DnsServer dns, string admin = "none", string more = "balance: round_robin") =>
        $$"""
        listeners:
          web: { bind: 127.0.0.1:0, routes: [{ pool: web }] }
        pools:
          web:
            servers: [{ dns: api.internal, port: {{servers[0].Port}}, refresh: 1s }]
            {{more}}
        admin: { bind: {{admin}} }
        runtime: { resolvers: [{{dns.Address}}] }
        """;
}
