using System.Diagnostics;

namespace Atlas.Engine.Tests.Links;

/// <summary>A network namespace with a name of its own, removed with the test. A socket stays in the namespace in which it was opened,
/// whichever thread uses it.</summary>
public sealed class NetworkSpace : IDisposable
{
    private static int s_count;

    public NetworkSpace()
    {
        Name = $"atlas-links-{Environment.ProcessId}-{Interlocked.Increment(ref s_count)}";
        Run("netns", "add", Name);
    }

    public string Name { get; }

    /// <summary>Runs <c>ip</c> with a line of words on this namespace, and returns what it writes; it must end well.</summary>
    public string Ip(string line) => Run(["-n", Name, .. line.Split(' ')]);

    /// <summary>Does something on a thread that is in this namespace and ends with it.</summary>
    public T Within<T>(Func<T> action) => NamespaceThread.RunIn(Name, action);

    public void Dispose() => Run("netns", "del", Name);

    internal static string Run(params string[] words)
    {
        var start = new ProcessStartInfo("ip", words) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        process.ExitCode.ShouldBe(0, $"ip {string.Join(' ', words)}: {errors.GetAwaiter().GetResult()}");
        return output;
    }
}
