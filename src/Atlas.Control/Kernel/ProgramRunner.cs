using System.ComponentModel;
using System.Diagnostics;

namespace Atlas.Control.Kernel;

/// <summary>Runs programs of the system. Any thread.</summary>
/// <param name="limit">How long one may take.</param>
public sealed class ProgramRunner(TimeSpan limit) : IProgramRunner
{
    /// <summary>The most characters that a program may write: the counters of tens of thousands of servers.</summary>
    public const int MaxOutput = 64 * 1024 * 1024;

    // Where such programs are, though the PATH of users other than root does not name it.
    private static readonly string[] SystemFolders = ["/usr/sbin", "/sbin", "/usr/local/sbin"];

    /// <summary>Runs programs that may take 10 seconds: the largest ruleset takes one.</summary>
    public ProgramRunner()
        : this(TimeSpan.FromSeconds(10))
    {
    }

    /// <inheritdoc/>
    public bool Has(string program) => Find(program) is not null;

    /// <inheritdoc/>
    public ProgramResult Run(string program, IReadOnlyList<string> arguments, string? input = null)
    {
        if (Find(program) is not string path)
        {
            return new ProgramResult(ProgramOutcome.Missing, "", $"there is no program {program}");
        }

        var start = new ProcessStartInfo(path, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["LC_ALL"] = "C";
        try
        {
            using var process = Process.Start(start)!;
            return WaitFor(process, input);
        }
        catch (Win32Exception e)
        {
            return new ProgramResult(ProgramOutcome.Missing, "", $"{path} cannot be started: {e.Message}");
        }
    }

    private ProgramResult WaitFor(Process process, string? input)
    {
        using var ended = new CancellationTokenSource(limit);
        Task<string> output = ReadAsync(process.StandardOutput, ended);
        Task<string> error = ReadAsync(process.StandardError, ended);
        Task all = Task.WhenAll(WriteAsync(process, input, ended.Token), output, error, process.WaitForExitAsync(ended.Token));
        try
        {
            all.GetAwaiter().GetResult();
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            return new ProgramResult(
                ProgramOutcome.Killed, "", $"it did not end within {limit.TotalSeconds:0.#} s, or wrote more than {MaxOutput} characters");
        }

        return new ProgramResult(process.ExitCode == 0 ? ProgramOutcome.Done : ProgramOutcome.Failed, output.Result, error.Result);
    }

    private static async Task WriteAsync(Process process, string? input, CancellationToken ended)
    {
        try
        {
            await process.StandardInput.WriteAsync(input.AsMemory(), ended).ConfigureAwait(false);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading all; its exit code tells why.
        }
    }

    private static async Task<string> ReadAsync(StreamReader reader, CancellationTokenSource ended)
    {
        var text = new System.Text.StringBuilder();
        char[] buffer = new char[16 * 1024];
        while (await reader.ReadAsync(buffer, ended.Token).ConfigureAwait(false) is int read and > 0)
        {
            text.Append(buffer, 0, read);
            if (text.Length > MaxOutput)
            {
                await ended.CancelAsync().ConfigureAwait(false);
            }
        }

        return text.ToString();
    }

    private static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Concat(SystemFolders)
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(File.Exists);
}
