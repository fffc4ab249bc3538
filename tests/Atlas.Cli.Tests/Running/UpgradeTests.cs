using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Atlas.Cli.Tests.Programs;

namespace Atlas.Cli.Tests.Running;

/// <summary>The program replaced while it serves.</summary>
public sealed class UpgradeTests
{
    private const int Upgrades = 5;

    [Fact]
    public async Task Upgrade_FiveTimesUnderLoad_DropsNothing()
    {
        await using var server = new Backend("A");
        await using var chat = new WebSocketEcho();
        await using var echo = new UdpEcho();
        await using var other = new UdpEcho();
        using var config = new ConfigFile(
            $$"""
            listeners:
              web: { bind: 127.0.0.1:0, routes: [{ match: { path: /chat }, pool: chat }, { pool: web }] }
              raw: { bind: 127.0.0.1:0, protocol: tcp, pool: web }
              datagrams: { bind: 127.0.0.1:0, protocol: udp, pool: udp, udp: { idle: 5s } }
            pools:
              web: { servers: [{ name: a, address: {{server.Address}} }] }
              chat: { servers: ["{{chat.Address}}"] }
              udp: { servers: [{ name: a, address: {{echo.Address}} }, { name: b, address: {{other.Address}} }] }
            runtime: { workers: 2 }
            admin: { bind: 127.0.0.1:0 }
            """);
        await using UpgradableAtlas atlas = await UpgradableAtlas.StartAsync(config);
        string web = await atlas.AddressAsync("web", "http");
        string raw = await atlas.AddressAsync("raw", "tcp");
        await using StrictLoad kept = StrictLoad.OfHttp(web, 4);
        await using var fresh = new TcpLoad(web, 4);
        await using var relayed = new TcpLoad(raw, 2);
        await using StrictLoad chats = StrictLoad.OfWebSockets(web, 4);
        await using StrictLoad datagrams = StrictLoad.OfUdp(await atlas.AddressAsync("datagrams", "udp"), 4);
        using TcpClient tunnel = await TunnelAsync(web);
        var connections = new List<TcpConnection>();
        for (int i = 0; i < Upgrades; i++)
        {
            connections.Add(await TcpConnection.OpenAsync(raw));
            await kept.AnsweredAsync(50);
            await atlas.UpgradeAsync();
            await Task.WhenAll(
                kept.AnsweredAsync(50), fresh.AnsweredAsync(50), chats.AnsweredAsync(50), relayed.AnsweredAsync(50), datagrams.AnsweredAsync(50));
            foreach (TcpConnection connection in connections)
            {
                await connection.AskAsync();
            }

            await EchoAsync(tunnel);
        }

        await kept.EndAsync();
        await chats.EndAsync();
        await datagrams.EndAsync();
        await fresh.EndAsync();
        await relayed.EndAsync();
        fresh.Broken.ShouldBeEmpty();
        relayed.Broken.ShouldBeEmpty();

        // Those of UDP have no end that a client could see: but the server sees the same one all the time.
        (echo.Clients.Count, other.Clients.Count).ShouldBe((2, 2));
        connections.ForEach(connection => connection.Dispose());
        tunnel.Dispose();
        await atlas.StopAsync();
        atlas.Program.Errors.ShouldContain($"process {atlas.Program.Id} ended");
    }

    [Theory]
    [InlineData(null, true, "cannot start .*/atlas: No such file or directory")]
    [InlineData("", false, "cannot start .*/atlas: Permission denied")]
    [InlineData("echo broken >&2; exit 7", true, "the new process ended with exit code 7: see the lines of process [0-9]+ (on the standard error of the process that serves|in the .*)")]
    [InlineData("exec sleep 1000", true, "the new process does not serve within 1 s")]
    public async Task Upgrade_ToWhatDoesNotServe_ChangesNothing(string? script, bool isExecutable, string error)
    {
        await using var server = new Backend("A");
        using var config = ConfigFile.Of([server], admin: "127.0.0.1:0");
        await using UpgradableAtlas atlas = await UpgradableAtlas.StartAsync(config);
        string web = await atlas.AddressAsync("web", "http");
        await using StrictLoad kept = StrictLoad.OfHttp(web, 2);
        await using var fresh = new TcpLoad(web, 2);
        await atlas.ReplaceAsync(script, isExecutable);

        ToolResult result = await atlas.TryUpgradeAsync("--timeout", "1s");

        result.ExitCode.ShouldBe(3);
        result.Errors.ShouldMatch($@"\A{error}\n\z");
        (await atlas.Program.ErrorAsync("not upgraded, nothing has changed: ")).ShouldMatch(error);
        await kept.AnsweredAsync(20);
        await fresh.AnsweredAsync(20);
        (await atlas.GetAsync("/api/v1/status")).GetProperty("pid").GetInt32().ShouldBe(atlas.Program.Id);

        atlas.Restore();
        await atlas.UpgradeAsync();
        await kept.AnsweredAsync(20);
        await fresh.AnsweredAsync(20);
        await kept.EndAsync();
        await fresh.EndAsync();
        fresh.Broken.ShouldBeEmpty();
        await atlas.StopAsync();
    }

    [Fact]
    public async Task Upgrade_ConfigurationIsWrong_ChangesNothing()
    {
        await using var server = new Backend("A");
        using var config = ConfigFile.Of([server], admin: "127.0.0.1:0");
        await using UpgradableAtlas atlas = await UpgradableAtlas.StartAsync(config);
        config.Write("listeners: 3");

        ToolResult result = await atlas.TryUpgradeAsync();

        result.ExitCode.ShouldBe(3);
        result.Errors.ShouldMatch(
            $@"\Athe new process does not start: {Regex.Escape(config.Path)} is wrong \('atlas check -c {Regex.Escape(config.Path)}' says where\): see the lines of process [0-9]+ (on the standard error of the process that serves|in the .*)\n\z");
        atlas.Program.Errors.ShouldContain($"{config.Path}:1:12: ");
        using var client = new Client(await atlas.AddressAsync("web", "http"));
        (await client.GetAsync()).ShouldBe("A");
    }

    [Fact]
    public async Task Upgrade_NewProcessDiesWithTheSockets_ChangesNothing()
    {
        await using var server = new Backend("A") { IsHanging = true };
        using var config = ConfigFile.Of([server], admin: "127.0.0.1:0");
        string text = ConfigFile.Text([server], admin: "127.0.0.1:0");
        config.Write(text + "\n");
        await using UpgradableAtlas atlas = await UpgradableAtlas.StartAsync(config);
        string web = await atlas.AddressAsync("web", "http");
        await Tool.RunAsync(Checkout.Program, "weight", "web/A", "7", "--admin", atlas.Admin);

        // A check that gets no answer keeps the new process from being ready, and the order that it takes over shows where it is.
        config.Write(text.Replace(
            "web:\n    servers",
            "web:\n    health_check: { path: /health, timeout: 4m, interval: 5m }\n    servers",
            StringComparison.Ordinal));
        await using StrictLoad kept = StrictLoad.OfHttp(web, 2);
        Task<ToolResult> upgrade = atlas.TryUpgradeAsync();
        await atlas.Program.ErrorAsync("pool web server A: weight 7", skip: 1);
        (await atlas.PostAsync()).ShouldBe((409, """{"error":"another upgrade is under way"}"""));
        await KillChildAsync(atlas.Pid);

        ToolResult result = await upgrade;
        result.ExitCode.ShouldBe(3);
        result.Errors.ShouldMatch(@"\Athe new process ended with signal 9: see the lines of process [0-9]+ (on the standard error|in the ).*\n\z");
        await kept.AnsweredAsync(20);
        await kept.EndAsync();

        // A stop does not wait for an upgrade.
        Task<ToolResult> second = atlas.TryUpgradeAsync();
        await atlas.Program.ErrorAsync("pool web server A: weight 7", skip: 2);
        await atlas.StopAsync();
        (await second).ExitCode.ShouldBe(3);
        atlas.Program.Errors.ShouldContain("not upgraded, nothing has changed: this process was asked to stop");
    }

    [Fact]
    public async Task Upgrade_BySignal_KeepsOrdersPathsAndTellsSystemd()
    {
        await using var server = new Backend("A");
        await using var other = new Backend("B");
        using var config = new ConfigFile("");
        string path = config.Sibling("web.sock");
        config.Write(ConfigFile.Text([server, other], admin: $"\"unix:{config.Sibling("admin.sock")}\"")
            .Replace("127.0.0.1:0", $"\"unix:{path}\"", StringComparison.Ordinal));
        using var notify = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        notify.Bind(new UnixDomainSocketEndPoint(config.Sibling("notify.sock")));
        string link = config.Sibling("atlas");
        File.CreateSymbolicLink(link, Checkout.Program);
        var start = new System.Diagnostics.ProcessStartInfo(link);
        start.Environment["NOTIFY_SOCKET"] = config.Sibling("notify.sock");
        start.Environment["WATCHDOG_USEC"] = "3600000000";
        await using RunningProgram first = RunningProgram.Start(start, "run", "-c", config.Path);
        await first.ErrorAsync("ready");
        (await NextAsync(notify)).ShouldBe("READY=1\nSTATUS=serving");
        string admin = "unix:" + config.Sibling("admin.sock");
        await Tool.RunAsync(Checkout.Program, "drain", "web/A", "--deadline", "1h", "--admin", admin);

        await first.SignalAsync("USR2");
        string line = await first.ErrorAsync("upgraded to process ");
        string pid = line.Split(' ')[0];
        (await NextAsync(notify)).ShouldBe($"MAINPID={pid}");
        (await NextAsync(notify)).ShouldBe("READY=1\nSTATUS=serving");
        await first.ErrorAsync($"process {first.Id} ended");

        JsonElement status = JsonDocument.Parse(await Tool.RunAsync(Checkout.Program, "status", "--json", "--admin", admin)).RootElement;
        status.GetProperty("pid").GetInt32().ToString(null as IFormatProvider).ShouldBe(pid);
        status.GetProperty("upgraded_from").GetInt32().ShouldBe(first.Id);
        status.GetProperty("pools")[0].GetProperty("servers")[0].GetProperty("admin_state").GetString().ShouldBe("drain");
        (await Tool.RunAsync(Checkout.Program, "status", "--admin", admin)).ShouldContain($"upgraded from process {first.Id}");
        using (var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            await client.ConnectAsync(new UnixDomainSocketEndPoint(path));
            await client.SendAsync("GET / HTTP/1.0\r\nhost: x\r\n\r\n"u8.ToArray());
            byte[] buffer = new byte[1024];
            int length = await client.ReceiveAsync(buffer).WaitAsync(RunningProgram.Limit);
            Encoding.ASCII.GetString(buffer, 0, length).ShouldStartWith("HTTP/1.1 200");
        }

        await Tool.RunAsync("sh", "-c", $"kill -TERM {pid}");
        (await NextAsync(notify)).ShouldStartWith("STOPPING=1");
        (await first.EndAsync()).ShouldBe(0, "what it began ends");
        File.Exists(path).ShouldBeFalse();
        File.Exists(config.Sibling("admin.sock")).ShouldBeFalse();
    }

    [Fact]
    public async Task Run_SocketsOfSystemd_AreUsed()
    {
        await using var server = new Backend("A");
        using var config = new ConfigFile(ConfigFile.Text([server], admin: "127.0.0.1:PORT2").Replace(
            "web: { bind: 127.0.0.1:0", "web: { bind: 127.0.0.1:PORT1", StringComparison.Ordinal));

        // Three sockets, the third of which no listener has; their ports go into the file.
        const string Activate =
            """
            use Socket; $^F = 9; $file = shift;
            for $i (1..3) {
                socket($s[$i], PF_INET, SOCK_STREAM, 0); bind($s[$i], sockaddr_in(0, INADDR_LOOPBACK)); listen($s[$i], 9);
                ($port[$i]) = sockaddr_in(getsockname($s[$i]));
            }
            open(F, '<', $file); @lines = <F>; close F; s/PORT(\d)/$port[$1]/ for @lines; open(F, '>', $file); print F @lines; close F;
            print "$port[1] $port[3]\n"; $| = 1; print "";
            $ENV{LISTEN_PID} = $$; $ENV{LISTEN_FDS} = 3; $ENV{LISTEN_FDNAMES} = 'web:admin:other'; exec @ARGV;
            """;
        await using RunningProgram program = RunningProgram.Start(
            new System.Diagnostics.ProcessStartInfo("perl"), "-e", Activate, config.Path, Checkout.Program, "run", "-c", config.Path);
        string[] ports = (await program.OutputAsync("")).Split(' ');
        await program.ErrorAsync($"a socket on 127.0.0.1:{ports[1]} is there already, and no listener has this address: it is closed");
        await program.ErrorAsync($"listener web: http on 127.0.0.1:{ports[0]}");
        await program.ErrorAsync("ready");

        using var client = new Client($"127.0.0.1:{ports[0]}");
        (await client.GetAsync()).ShouldBe("A");
        await program.SignalAsync("TERM");
        (await program.EndAsync()).ShouldBe(0);
    }

    private static async Task KillChildAsync(int pid)
    {
        string[] children = [.. Directory.EnumerateDirectories($"/proc/{pid}/task")
            .SelectMany(task => File.ReadAllText(task + "/children").Split(' ', StringSplitOptions.RemoveEmptyEntries))];
        await Tool.RunAsync("sh", "-c", $"kill -KILL {children.ShouldHaveSingleItem()}");
    }

    private static async Task<string> NextAsync(Socket socket)
    {
        byte[] buffer = new byte[1024];
        int length = await socket.ReceiveAsync(buffer).WaitAsync(RunningProgram.Limit);
        return Encoding.ASCII.GetString(buffer, 0, length);
    }

    internal static async Task<TcpClient> TunnelAsync(string address)
    {
        TcpClient tunnel = await DrainTests.ConnectAsync(address);
        await tunnel.GetStream().WriteAsync("GET /tunnel HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n"u8.ToArray());
        byte[] buffer = new byte[1024];
        int length = await tunnel.GetStream().ReadAsync(buffer).AsTask().WaitAsync(RunningProgram.Limit);
        Encoding.ASCII.GetString(buffer, 0, length).ShouldStartWith("HTTP/1.1 101");
        return tunnel;
    }

    internal static async Task EchoAsync(TcpClient tunnel)
    {
        await tunnel.GetStream().WriteAsync("still here"u8.ToArray());
        byte[] buffer = new byte["still here".Length];
        await tunnel.GetStream().ReadExactlyAsync(buffer).AsTask().WaitAsync(RunningProgram.Limit);
        Encoding.ASCII.GetString(buffer).ShouldBe("still here");
    }
}
