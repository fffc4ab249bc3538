using System.Collections.Concurrent;
using System.Diagnostics;
using Atlas.Bench.Measure;
using Atlas.Bench.Networks;

namespace Atlas.Bench.Peers;

/// <summary>The programs of one node, in its namespace and on the core of the proxies. Disposing kills them.</summary>
internal sealed class VirtualNode : IAsyncDisposable
{
    private readonly VirtualPeer _peer;
    private readonly string _name;
    private readonly string _directory = Directory.CreateTempSubdirectory("atlas-bench-").FullName;
    private readonly List<Process> _processes = [];
    private readonly ConcurrentQueue<(string Text, long At)> _lines = new();

    /// <summary>Starts the programs.</summary>
    internal VirtualNode(VirtualPeer peer, BenchNamespace space, string name, int priority, bool preempts)
    {
        _peer = peer;
        _name = name;
        foreach (IReadOnlyList<string> command in peer.Commands(new VirtualNodeSettings(name, priority, peer.IntervalMs, preempts, _directory)))
        {
            _processes.Add(Start(space, command));
        }
    }

    /// <summary>When it first became master after a moment; null: it did not.</summary>
    internal long? MasterAt(long after) => FirstAt(_peer.Master, after);

    /// <summary>When it first became backup after a moment; null: it did not.</summary>
    internal long? BackupAt(long after) => FirstAt(_peer.Backup, after);

    /// <summary>Waits until something has happened to it.</summary>
    /// <param name="when">Tells when it did.</param>
    /// <param name="cancel">Ends the wait.</param>
    /// <exception cref="BenchException">It does not happen.</exception>
    internal async Task<long> AwaitAsync(Func<VirtualNode, long?> when, CancellationToken cancel)
    {
        if (await Moment.AwaitAsync(() => when(this), cancel) is { } at)
        {
            return at;
        }

        string printed = string.Join("\n  ", _lines.Select(line => line.Text));
        throw new BenchException($"{_peer.Peer.Name}, node {_name}, did not do what was awaited. It printed:\n  {printed}");
    }

    /// <summary>Sends a signal, by its name without SIG, to the program that moves the address.</summary>
    /// <param name="signal">The signal.</param>
    /// <param name="toAll">Whether its children get it, too.</param>
    /// <returns>The moment before.</returns>
    internal async Task<long> SignalAsync(string signal, bool toAll)
    {
        int root = _processes[0].Id;
        IReadOnlyList<int> pids = toAll ? new ProcessTree(root).Members() : [root];
        long before = Stopwatch.GetTimestamp();
        using Process kill = Process.Start("sh", ["-c", $"kill -{signal} {string.Join(' ', pids)}"]);
        await kill.WaitForExitAsync();
        return before;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (Process process in _processes)
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
                await process.WaitForExitAsync(CancellationToken.None);
            }

            process.Dispose();
        }

        Directory.Delete(_directory, recursive: true);
    }

    // ip(8) and taskset(1) become the program: its process is the one that was started.
    private Process Start(BenchNamespace space, IReadOnlyList<string> command)
    {
        var start = new ProcessStartInfo("taskset", ["-c", RunningPeer.ProxyCore, "ip", "netns", "exec", space.Name, .. command])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _directory,
        };
        Process process = Process.Start(start)!;
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private void Keep(string? line)
    {
        if (line is not null)
        {
            _lines.Enqueue((line, Stopwatch.GetTimestamp()));
        }
    }

    private long? FirstAt(string text, long after)
    {
        foreach ((string line, long at) in _lines)
        {
            if (at >= after && line.Contains(text, StringComparison.Ordinal))
            {
                return at;
            }
        }

        return null;
    }
}
