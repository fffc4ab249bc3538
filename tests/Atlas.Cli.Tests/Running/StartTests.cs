using System.Net;
using System.Net.Sockets;
using Atlas.Cli.Tests.Programs;

namespace Atlas.Cli.Tests.Running;

public sealed class StartTests
{
    [Fact]
    public async Task Run_ThreeServers_TakesThemInTurn()
    {
        Backend[] servers = Backend.Three();
        using var config = ConfigFile.Of(servers);
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);
        using var client = new Client(atlas.Address);

        (await client.GetManyAsync(9)).ShouldBe("ABCABCABC");
        atlas.Program.Output.ShouldBeEmpty();
    }

    [Fact]
    public async Task Run_ThreeServersAndManyConnections_TakesThemInTurn()
    {
        Backend[] servers = Backend.Three();
        using var config = ConfigFile.Of(servers, "runtime: { workers: 2 }");
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);

        string answers = "";
        for (int i = 0; i < 12; i++)
        {
            using var client = new Client(atlas.Address);
            answers += await client.GetAsync();
        }

        answers.ShouldBe("ABCABCABCABC");
    }

    [Fact]
    public async Task Run_UnixSocket_IsListenedOnAndRemoved()
    {
        await using var server = new Backend("A");
        using var config = ConfigFile.Of([server]);
        string path = config.Sibling("web.sock");
        config.Write(ConfigFile.Text([server]).Replace("127.0.0.1:0", $"unix:{path}", StringComparison.Ordinal));
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);

        atlas.Address.ShouldBe($"unix:{path}");
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path));
        await atlas.Program.SignalAsync("TERM");
        (await atlas.Program.EndAsync()).ShouldBe(0);
        File.Exists(path).ShouldBeFalse();
    }

    [Fact]
    public async Task Run_AddressInUse_SaysSoAndExits1()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        await AssertRefusedAsync(other.LocalEndpoint.ToString()!);
    }

    [Fact]
    public async Task Run_AddressOfAnotherAtlas_SaysSoAndExits1()
    {
        await using var server = new Backend("A");
        using var config = ConfigFile.Of([server]);
        await using RunningAtlas other = await RunningAtlas.StartAsync(config);

        await AssertRefusedAsync(other.Address);
        using var client = new Client(other.Address);
        (await client.GetAsync()).ShouldBe("A");
    }

    [Fact]
    public async Task Run_AddressNotOfThisMachine_SaysSoAndExits1() => await AssertRefusedAsync("192.0.2.1:80");

    [Fact]
    public async Task Run_WrongFile_ShowsItsErrorsAndExits1()
    {
        using var config = new ConfigFile("listeners: { web: { bind: nowhere } }\n");
        await using var program = RunningProgram.Atlas("run", "-c", config.Path);

        (await program.EndAsync()).ShouldBe(1);
        program.Errors.ShouldContain($"{config.Path}:1:27: ");
        program.Errors.ShouldNotContain("ready");
    }

    [Fact]
    public async Task Run_SectionThatDoesNotRunYet_NamesItAndExits1()
    {
        await using var server = new Backend("A");
        using var config = ConfigFile.Of([server], "telemetry: {}");
        await using var program = RunningProgram.Atlas("run", "-c", config.Path);

        (await program.EndAsync()).ShouldBe(1);
        program.Errors.ShouldContain("telemetry");
    }

    /// <summary>Starts with two listeners, of which the second has this address, and looks that the first is not left.</summary>
    private static async Task AssertRefusedAsync(string address)
    {
        await using var server = new Backend("A");
        using var config = new ConfigFile($$"""
            listeners:
              first: { bind: 127.0.0.1:0, pool: web }
              second: { bind: "{{address}}", pool: web }
            pools:
              web: { servers: ["{{server.Address}}"] }
            admin: { bind: none }
            """);
        await using var program = RunningProgram.Atlas("run", "-c", config.Path);

        (await program.EndAsync()).ShouldBe(1);
        program.Errors.ShouldMatch($@"\Acannot listen on {address}: .+\n\z");
    }
}
