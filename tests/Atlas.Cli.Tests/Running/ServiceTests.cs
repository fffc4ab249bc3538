using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using Atlas.Cli.Tests.Programs;

namespace Atlas.Cli.Tests.Running;

/// <summary>What the program tells systemd (sd_notify(3)).</summary>
public sealed class ServiceTests
{
    [Fact]
    public async Task Run_NotifySocket_HearsReadyReloadingStopping()
    {
        await using var server = new Backend("A");
        using var config = ConfigFile.Of([server]);
        using Socket socket = Listen(config, out string path);
        await using RunningProgram program = Start(config, path);

        (await NextAsync(socket)).ShouldBe("READY=1\nSTATUS=serving");
        await program.SignalAsync("HUP");
        (await NextAsync(socket)).ShouldMatch(@"\ARELOADING=1\nMONOTONIC_USEC=\d+\z");
        (await NextAsync(socket)).ShouldMatch(@"\AREADY=1\nSTATUS=serving; at \d\d:\d\d:\d\dZ reloaded\z");
        config.Write("listeners: {");
        await program.SignalAsync("HUP");
        (await NextAsync(socket)).ShouldMatch(@"\ARELOADING=1\nMONOTONIC_USEC=\d+\z");
        (await NextAsync(socket)).ShouldMatch(@"\AREADY=1\nSTATUS=serving; at \d\d:\d\d:\d\dZ a reload was refused, and nothing has changed: see the log\z");
        await program.SignalAsync("TERM");
        (await NextAsync(socket)).ShouldMatch(@"\ASTOPPING=1\nEXTEND_TIMEOUT_USEC=\d+\nSTATUS=draining\z");
        (await program.EndAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task Run_Watchdog_HearsThatItLives()
    {
        await using var server = new Backend("A");
        using var config = ConfigFile.Of([server]);
        using Socket socket = Listen(config, out string path);
        await using RunningProgram program = Start(config, path, ("WATCHDOG_USEC", "20000"));

        (await NextAsync(socket)).ShouldBe("READY=1\nSTATUS=serving");
        (await NextAsync(socket)).ShouldBe("WATCHDOG=1");
        (await NextAsync(socket)).ShouldBe("WATCHDOG=1");
    }

    private static Socket Listen(ConfigFile config, out string path)
    {
        path = config.Sibling("notify.sock");
        var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path));
        return socket;
    }

    private static RunningProgram Start(ConfigFile config, string path, params (string Name, string Value)[] variables)
    {
        var start = new ProcessStartInfo(Checkout.Program);
        start.Environment["NOTIFY_SOCKET"] = path;
        foreach ((string name, string value) in variables)
        {
            start.Environment[name] = value;
        }

        return RunningProgram.Start(start, "run", "-c", config.Path);
    }

    private static async Task<string> NextAsync(Socket socket)
    {
        byte[] buffer = new byte[1024];
        int length = await socket.ReceiveAsync(buffer).WaitAsync(RunningProgram.Limit);
        return Encoding.ASCII.GetString(buffer, 0, length);
    }
}
