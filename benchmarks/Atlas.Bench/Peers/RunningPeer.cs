using System.Diagnostics;
using System.Net.Sockets;
using Atlas.Bench.Measure;

namespace Atlas.Bench.Peers;

/// <summary>A peer's processes, on a core of their own. Disposing ends them and removes their directory.</summary>
internal sealed class RunningPeer : IAsyncDisposable
{
    /// <summary>The core that what is measured runs on.</summary>
    internal const string ProxyCore = "0";

    private const int PollMs = 2;
    private const int StartLimitMs = 15_000;
    private const int StopLimitMs = 5_000;
    private const int KeptLines = 40;

    private readonly Process _process;
    private readonly string _directory;
    private readonly Queue<string> _output = new();

    private RunningPeer(Peer peer, int port, Process process, string directory)
    {
        Peer = peer;
        Port = port;
        _process = process;
        _directory = directory;
        Tree = new ProcessTree(process.Id);
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    internal Peer Peer { get; }

    internal int Port { get; }

    internal ProcessTree Tree { get; }

    /// <summary>Milliseconds from its start until it accepted a connection.</summary>
    internal double StartMs { get; private set; }

    /// <summary>Whether it got its first, longest warming.</summary>
    internal bool IsWarm { get; set; }

    /// <summary>Starts a peer and returns once it accepts connections.</summary>
    /// <param name="peer">Which.</param>
    /// <param name="origins">The ports of its servers.</param>
    /// <param name="cancel">Ends the wait.</param>
    /// <param name="accepts">Whether something accepts on a port; null: on loopback.</param>
    /// <exception cref="BenchException">It did not start.</exception>
    internal static async Task<RunningPeer> StartAsync(
        Peer peer, OriginPorts origins, CancellationToken cancel, Func<int, bool>? accepts = null)
    {
        string directory = Directory.CreateTempSubdirectory("atlas-bench-").FullName;
        BenchCertificate.WriteTo(directory);
        var settings = new PeerSettings(FreePort.Find(), origins, directory, OpenFiles.Limit);
        var start = new ProcessStartInfo("taskset")
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = directory,
        };
        foreach (string argument in (IEnumerable<string>)["-c", ProxyCore, .. peer.Command(settings)])
        {
            start.ArgumentList.Add(argument);
        }

        var running = new RunningPeer(peer, settings.Port, Process.Start(start)!, directory);
        try
        {
            await running.AwaitAcceptingAsync(accepts, cancel);
            return running;
        }
        catch
        {
            await running.DisposeAsync();
            throw;
        }
    }

    /// <summary>The error that says why a measurement of it failed, with its last output.</summary>
    internal BenchException Fault(string what)
    {
        lock (_output)
        {
            string output = _output.Count == 0 ? "It printed nothing." : "It printed:\n  " + string.Join("\n  ", _output);
            return new BenchException($"{Peer.Name} {what}. {output}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            // Its children end with it, but not all on the same signal: those that stay are killed below.
            using var quit = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
            using var limit = new CancellationTokenSource(StopLimitMs);
            try
            {
                await _process.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill(entireProcessTree: true);
                await _process.WaitForExitAsync(CancellationToken.None);
            }
        }

        _process.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private async Task AwaitAcceptingAsync(Func<int, bool>? accepts, CancellationToken cancel)
    {
        var watch = Stopwatch.StartNew();
        while (!(accepts?.Invoke(Port) ?? await AcceptsAsync()))
        {
            await Task.Delay(PollMs, cancel);
            if (_process.HasExited)
            {
                await _process.WaitForExitAsync(cancel);
                throw Fault($"ended with code {_process.ExitCode} while it started");
            }

            if (watch.ElapsedMilliseconds > StartLimitMs)
            {
                throw Fault($"accepts no connection on port {Port} after {StartLimitMs / 1000} s");
            }
        }

        StartMs = watch.Elapsed.TotalMilliseconds;
    }

    private async Task<bool> AcceptsAsync()
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(System.Net.IPAddress.Loopback, Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private void Keep(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_output)
        {
            _output.Enqueue(line);
            if (_output.Count > KeptLines)
            {
                _output.Dequeue();
            }
        }
    }
}
