using Atlas.Cli.Tests.Programs;

namespace Atlas.Cli.Tests.Running;

public sealed class StickyTests
{
    private const string Sticky =
        "listeners: { web: { bind: 127.0.0.1:0, routes: [{ pool: web }] } }\n"
        + "admin: { bind: 127.0.0.1:0 }\n"
        + "pools:\n  web:\n    sticky: { by: cookie }\n    servers:\n";

    [Fact]
    public async Task Drain_OfAStickyServer_KeepsItsClientsAndTakesNoNewOnes()
    {
        Backend[] servers = Backend.Three();
        using var config = new ConfigFile(Sticky + Servers(servers));
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);
        using var old = new Client(atlas.Address);
        string server = await old.GetAsync();
        (await old.GetManyAsync(6)).ShouldBe(string.Concat(Enumerable.Repeat(server, 6)));

        await using (RunningProgram drain = RunningProgram.Atlas(
            "drain", $"web/{server}", "--admin", await atlas.Program.ErrorAsync("admin: http://")))
        {
            (await drain.EndAsync()).ShouldBe(0, drain.Errors);
        }

        (await old.GetManyAsync(6)).ShouldBe(string.Concat(Enumerable.Repeat(server, 6)));
        string others = "";
        for (int i = 0; i < 9; i++)
        {
            using var another = new Client(atlas.Address);
            others += await another.GetAsync();
        }

        others.ShouldNotContain(server);
        await servers.Single(backend => backend.Name == server).DisposeAsync();
        string next = await old.GetAsync();
        next.ShouldNotBe(server);
        (await old.GetManyAsync(4)).ShouldBe(string.Concat(Enumerable.Repeat(next, 4)));
        foreach (Backend backend in servers.Where(backend => backend.Name != server))
        {
            await backend.DisposeAsync();
        }
    }

    [Fact]
    public async Task Clients_NewOnes_AreSpreadEvenlyAndEachStays()
    {
        Backend[] servers = Backend.Three();
        using var config = new ConfigFile(Sticky + Servers(servers));
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);
        string first = "";
        for (int i = 0; i < 9; i++)
        {
            using var client = new Client(atlas.Address);
            string all = await client.GetManyAsync(3);
            all.Distinct().Count().ShouldBe(1);
            first += all[0];
        }

        first.Order().ShouldBe("AAABBBCCC");
        foreach (Backend backend in servers)
        {
            await backend.DisposeAsync();
        }
    }

    private static string Servers(IEnumerable<Backend> servers) =>
        string.Concat(servers.Select(server => $"      - {{ name: {server.Name}, address: {server.Address} }}\n"));
}
