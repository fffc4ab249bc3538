using System.Diagnostics;
using System.Reflection;

namespace Atlas.Engine.Tests;

/// <summary>Runs a method in a process of its own: what ends the process, or eats what the process has, can't be tested
/// among other tests.</summary>
public static class Child
{
    private const string Variable = "ATLAS_CHILD";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>Runs the method of that name, which is marked with <see cref="ChildProcessAttribute"/>.</summary>
    /// <param name="method">Its name, unique in the assembly.</param>
    /// <param name="maxDescriptors">RLIMIT_NOFILE of the process; 0 for that of this one.</param>
    public static ChildResult Run(string method, int maxDescriptors = 0)
    {
        string limit = maxDescriptors == 0 ? "" : $"ulimit -n {maxDescriptors}; ";
        var start = new ProcessStartInfo("sh", ["-c", limit + "ulimit -c 0; exec \"$0\"", Environment.ProcessPath!])
        {
            UseShellExecute = false,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        start.Environment[Variable] = method;
        start.Environment["DOTNET_DbgEnableMiniDump"] = "0";
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(Limit))
        {
            process.Kill();
        }

        process.WaitForExit();
        return new ChildResult(process.ExitCode, output.GetAwaiter().GetResult() + errors.GetAwaiter().GetResult());
    }

    /// <summary>Runs the method that this process was started for.</summary>
    /// <returns>False when it was started to run tests.</returns>
    public static bool TryRun()
    {
        string? name = Environment.GetEnvironmentVariable(Variable);
        if (name is null)
        {
            return false;
        }

        MethodInfo method = typeof(Child).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public))
            .Single(candidate => candidate.Name == name && candidate.IsDefined(typeof(ChildProcessAttribute)));
        method.CreateDelegate<Action>()();
        return true;
    }
}
