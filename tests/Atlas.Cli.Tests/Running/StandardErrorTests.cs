using System.Diagnostics;
using System.Net.Sockets;
using System.Text.Json;
using Atlas.Cli.Tests.Programs;

namespace Atlas.Cli.Tests.Running;

/// <summary>What <c>atlas run</c> says, and that nobody has to listen.</summary>
public sealed class StandardErrorTests
{
    [Fact]
    public async Task Reload_StandardErrorIsFull_TakesEffectAndTheProcessEnds()
    {
        await using var server = new Backend("A");
        using var config = new ConfigFile("");
        string socket = config.Sibling("admin.sock");
        config.Write(ConfigFile.Text([server], admin: $"\"unix:{socket}\""));

        // A pipe that is full to the last byte, and that nobody reads.
        const string script = "mkfifo \"$1\" && exec 3<>\"$1\" && head -c 65536 /dev/zero >&3 && exec \"$0\" run -c \"$2\" 2>&3";
        await using RunningProgram program = RunningProgram.Start(
            new ProcessStartInfo("sh"), "-c", script, Checkout.Program, config.Sibling("pipe"), config.Path);
        using HttpClient admin = AdminOf(socket);
        string before = await ConfigIdAsync(admin, known: null);

        config.Write(ConfigFile.Text([server], "runtime: { shutdown: { deadline: 1s } }", $"\"unix:{socket}\""));
        await program.SignalAsync("HUP");
        (await ConfigIdAsync(admin, before)).ShouldNotBe(before);

        await program.SignalAsync("TERM");
        (await program.EndAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task Run_WithTimes_BeginsLinesAfterReadyWithThem()
    {
        await using var server = new Backend("A");
        using var config = ConfigFile.Of([server]);
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config, "--times");

        await atlas.Program.SignalAsync("HUP");
        (await atlas.Program.ErrorAsync("20")).ShouldEndWith("Z reloaded");
        await atlas.Program.SignalAsync("TERM");
        (await atlas.Program.EndAsync()).ShouldBe(0);

        string[] lines = atlas.Program.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.SkipWhile(line => line != "ready").Skip(1).ShouldAllBe(line => HasTime(line));
        lines.TakeWhile(line => line != "ready").ShouldAllBe(line => line.StartsWith("listener ") || line.StartsWith("warning: "));
        lines[^1].ShouldEndWith("Z ended");
    }

    [Fact]
    public async Task Run_ToAPipe_SaysLinesAsTheyAre()
    {
        await using var server = new Backend("A");
        using var config = ConfigFile.Of([server]);
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);

        await atlas.ReloadAsync();
        await atlas.Program.SignalAsync("TERM");
        (await atlas.Program.EndAsync()).ShouldBe(0);

        atlas.Program.Errors.Split('\n')[^4..].ShouldBe(["reloaded", "draining: 0 connections, until 30 s, tunnels 300 s", "ended", ""]);
    }

    private static bool HasTime(string line) =>
        System.Text.RegularExpressions.Regex.IsMatch(line, @"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z ");

    private static HttpClient AdminOf(string path) => new(new SocketsHttpHandler
    {
        ConnectCallback = async (_, cancellation) =>
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        },
    })
    {
        BaseAddress = new Uri("http://localhost"),
    };

    /// <summary>Asks until it runs, with another configuration than one that is known.</summary>
    private static async Task<string> ConfigIdAsync(HttpClient admin, string? known)
    {
        long endMs = Environment.TickCount64 + (long)RunningProgram.Limit.TotalMilliseconds;
        while (true)
        {
            try
            {
                using JsonDocument status = JsonDocument.Parse(await admin.GetStringAsync("/api/v1/status"));
                string id = status.RootElement.GetProperty("config_id").GetString()!;
                if (id != known)
                {
                    return id;
                }
            }
            catch (HttpRequestException)
            {
                // It has yet to start.
            }

            (Environment.TickCount64 < endMs).ShouldBeTrue("never so");
            await Task.Yield();
        }
    }
}
