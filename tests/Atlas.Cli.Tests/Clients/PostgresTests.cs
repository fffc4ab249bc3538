using Atlas.Cli.Tests.Programs;

namespace Atlas.Cli.Tests.Clients;

/// <summary>The client and the load of PostgreSQL, through a TCP listener.</summary>
public sealed class PostgresTests
{
    private const int Rows = 50_000;

    [Fact]
    public async Task Postgres_QueriesCopiesAndLoad_AreAllRight()
    {
        await using PostgresServer postgres = await PostgresServer.StartAsync();
        using var config = new ConfigFile(ConfigFile.TcpText([postgres.Address], "balance: least_connections"));
        await using RunningAtlas atlas = await RunningAtlas.StartTcpAsync(config);
        string[] atAtlas = ["-h", "127.0.0.1", "-p", atlas.Port, "-U", PostgresServer.User];

        (await QueryAsync(atAtlas, "select 6 * 7")).ShouldBe("42\n");
        ToolResult error = await Tool.EndAsync("psql", [.. atAtlas, "-XAtc", "select 1 / 0", "-c", "select 'goes on'", PostgresServer.Database]);
        error.Errors.ShouldContain("division by zero");
        error.Output.ShouldBe("goes on\n");

        string sent = config.Sibling("sent");
        string received = config.Sibling("received");
        await File.WriteAllLinesAsync(sent, Enumerable.Range(1, Rows).Select(row => $"{row}\t{row * 7919L % 104_729} and some text"));
        await QueryAsync(atAtlas, "create table rows (id int primary key, text text)");
        (await QueryAsync(atAtlas, $"\\copy rows from '{sent}'")).ShouldBe($"COPY {Rows}\n");
        (await QueryAsync(atAtlas, $"\\copy (select * from rows order by id) to '{received}'")).ShouldBe($"COPY {Rows}\n");
        (await File.ReadAllBytesAsync(received)).ShouldBe(await File.ReadAllBytesAsync(sent));

        await Tool.RunAsync("pgbench", [.. atAtlas, "-i", "-s", "1", "-q", PostgresServer.Database]);
        string load = await Tool.RunAsync("pgbench", [.. atAtlas, "-n", "-c", "8", "-t", "200", PostgresServer.Database]);
        load.ShouldContain("number of transactions actually processed: 1600/1600");
        load.ShouldContain("number of failed transactions: 0 ");
        (await QueryAsync(atAtlas, "select count(*) from pgbench_history")).ShouldBe("1600\n");
        (await QueryAsync(atAtlas, "select count(*) from pgbench_accounts")).ShouldBe("100000\n");
    }

    private static Task<string> QueryAsync(string[] atAtlas, string query) =>
        Tool.RunAsync("psql", [.. atAtlas, "-XAtc", query, PostgresServer.Database]);
}
