using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Atlas.Cli.Tests.Programs;

/// <summary>A server that others wrote, on a port of 127.0.0.1. Such servers cannot let the system choose a port, so one that is
/// free is looked for, and another when a program was faster to take it.</summary>
public sealed class PeerServer : IAsyncDisposable
{
    private const int Tries = 5;

    private readonly RunningProgram _program;

    private PeerServer(RunningProgram program, string port)
    {
        _program = program;
        Port = port;
    }

    public string Port { get; }

    public string Address => $"127.0.0.1:{Port}";

    /// <summary>Starts one and waits until it accepts.</summary>
    /// <param name="wordsOf">The program and its arguments, by the port.</param>
    /// <param name="at">The port; null: one that is free.</param>
    public static async Task<PeerServer> StartAsync(Func<string, string[]> wordsOf, string? at = null)
    {
        string said = "";
        for (int i = 0; i < Tries; i++)
        {
            string port = at ?? FreePort();
            string[] words = wordsOf(port);
            RunningProgram program = RunningProgram.Start(new ProcessStartInfo(words[0]), words[1..]);
            if (await AcceptsAsync(program, int.Parse(port, System.Globalization.CultureInfo.InvariantCulture)))
            {
                return new PeerServer(program, port);
            }

            await program.EndAsync();
            said += program.Output + program.Errors;
            await program.DisposeAsync();
        }

        throw new InvalidOperationException($"It did not start in {Tries} tries:\n{said}");
    }

    /// <summary>Sends it a signal by its name without SIG.</summary>
    public Task SignalAsync(string name) => _program.SignalAsync(name);

    public async ValueTask DisposeAsync()
    {
        if (_program.HasEnded)
        {
            await _program.DisposeAsync();
            return;
        }

        // In order, so that a server with processes and files of its own leaves none of them.
        await _program.SignalAsync("INT");
        await _program.EndAsync();
        await _program.DisposeAsync();
    }

    private static string FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>Whether it comes to accept; false: it ended first.</summary>
    private static async Task<bool> AcceptsAsync(RunningProgram program, int port)
    {
        using var limit = new CancellationTokenSource(RunningProgram.Limit);
        while (!program.HasEnded)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, port, limit.Token);
                return !program.HasEnded;
            }
            catch (SocketException)
            {
                await Task.Delay(10, limit.Token);
            }
        }

        return false;
    }
}
