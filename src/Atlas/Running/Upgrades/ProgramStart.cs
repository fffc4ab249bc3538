using System.ComponentModel;
using System.Diagnostics;

namespace Atlas.Running.Upgrades;

/// <summary>How this process was started, to start the program once more in the same way, as it is on disk then.</summary>
/// <param name="Path">The program.</param>
/// <param name="Arguments">Its arguments.</param>
internal sealed record ProgramStart(string Path, IReadOnlyList<string> Arguments)
{
    /// <summary>The variable in which the script <c>./atlas</c> of a checkout names itself: it builds the program anew.</summary>
    internal const string LauncherVariable = "ATLAS_LAUNCHER";

    // Of this process only: they name it, or descriptors that it has taken.
    private static readonly string[] OwnVariables =
        ["WATCHDOG_PID", "LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES", "LISTEN_PIDFDID", HandoverWords.Variable];

    /// <summary>How this process was started. To be read early: later the path may say what has become of a file that was replaced.
    /// A path that was written is taken as it was, so that a link along it may lead to another version.</summary>
    internal static ProgramStart Read()
    {
        string[] words = File.ReadAllText("/proc/self/cmdline").Split('\0')[..^1];
        string? launcher = Environment.GetEnvironmentVariable(LauncherVariable);
        return string.IsNullOrEmpty(launcher)
            ? new ProgramStart(words[0].Contains('/') ? System.IO.Path.GetFullPath(words[0]) : Environment.ProcessPath!, words[1..])
            : new ProgramStart(launcher, words[1..]);
    }

    /// <summary>Starts it with the descriptors 0 to 2, the directory and the environment of this process.</summary>
    /// <param name="channel">The number of its end of the channel, which it inherits.</param>
    /// <exception cref="IOException">It cannot be started; the message says why.</exception>
    internal Process Start(int channel)
    {
        var start = new ProcessStartInfo(Path, Arguments) { UseShellExecute = false };
        foreach (string name in OwnVariables)
        {
            start.Environment.Remove(name);
        }

        start.Environment[HandoverWords.Variable] = $"{channel}";
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new IOException($"cannot start {Path}: {TextOf(e)}", e);
        }
    }

    // What the system says, without the sentence that the runtime puts around it.
    private static string TextOf(Win32Exception e) => new Win32Exception(e.NativeErrorCode).Message;
}
