using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Atlas.Bench.Networks;

/// <summary>A network namespace with a name of its own. Disposing removes it.</summary>
internal sealed class BenchNamespace : IDisposable
{
    // CLONE_NEWNET, of linux/sched.h.
    private const int NewNetwork = 0x40000000;

    internal BenchNamespace(string role)
    {
        Name = $"atlas-bench-{Environment.ProcessId}-{role}";
        Ip("netns", "add", Name);
        Configure("link", "set", "lo", "up");
    }

    internal string Name { get; }

    /// <summary>Runs ip(8).</summary>
    /// <exception cref="BenchException">It failed.</exception>
    internal static void Ip(params IEnumerable<string> words)
    {
        var start = new ProcessStartInfo("ip", words) { UseShellExecute = false, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new BenchException($"ip {string.Join(' ', words)}: {error.Trim()}");
        }
    }

    internal void Configure(params IEnumerable<string> words) => Ip(words.Prepend(Name).Prepend("-n"));

    /// <summary>Does something on a thread of this namespace: sockets that it makes stay there.</summary>
    internal T Within<T>(Func<T> action)
    {
        T result = default!;
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                Enter();
                result = action();
            }
            catch (Exception e)
            {
                failure = e;
            }
        });
        thread.Start();
        thread.Join();
        return failure is null ? result : throw new BenchException($"in namespace {Name}: {failure.Message}");
    }

    /// <summary>Moves the calling thread here, for good.</summary>
    /// <exception cref="BenchException">It cannot.</exception>
    internal void Enter()
    {
        using var file = File.OpenHandle("/run/netns/" + Name);
        if (SetNamespace((int)file.DangerousGetHandle(), NewNetwork) != 0)
        {
            throw new BenchException($"setns failed with error {Marshal.GetLastPInvokeError()}");
        }
    }

    public void Dispose()
    {
        try
        {
            Ip("netns", "del", Name);
        }
        catch (BenchException)
        {
            // It was not made.
        }
    }

    [DllImport("libc", EntryPoint = "setns", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetNamespace(int file, int kind);
}
