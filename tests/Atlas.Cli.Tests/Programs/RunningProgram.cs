using System.Diagnostics;
using System.Globalization;

namespace Atlas.Cli.Tests.Programs;

/// <summary>A program that was started and writes. It is killed with the test that started it.</summary>
public sealed class RunningProgram : IAsyncDisposable
{
    // Waits end with the event that they wait for; this only turns one that never comes into a failure.
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly Lines _output;
    private readonly Lines _errors;

    private RunningProgram(ProcessStartInfo start)
    {
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        start.RedirectStandardInput = true;
        _process = Process.Start(start)!;
        _process.StandardInput.Close();
        _output = new Lines(_process.StandardOutput);
        _errors = new Lines(_process.StandardError);
    }

    public int Id => _process.Id;

    public string Output => _output.Text;

    public string Errors => _errors.Text;

    public bool HasEnded => _process.HasExited;

    /// <summary>Starts <c>atlas</c>.</summary>
    public static RunningProgram Atlas(params string[] words) => Start(new ProcessStartInfo(Checkout.Program), words);

    public static RunningProgram Start(ProcessStartInfo start, params string[] words)
    {
        foreach (string word in words)
        {
            start.ArgumentList.Add(word);
        }

        return new RunningProgram(start);
    }

    /// <summary>Waits for a line on standard output that begins like this, and returns its rest.</summary>
    /// <param name="prefix">How it begins.</param>
    /// <param name="skip">How many such lines to pass over.</param>
    public Task<string> OutputAsync(string prefix, int skip = 0) => FindAsync(_output, prefix, skip);

    /// <summary>Waits for a line on standard error that begins like this, and returns its rest.</summary>
    /// <param name="prefix">How it begins.</param>
    /// <param name="skip">How many such lines to pass over.</param>
    public Task<string> ErrorAsync(string prefix, int skip = 0) => FindAsync(_errors, prefix, skip);

    /// <summary>How many lines on standard error contain a text.</summary>
    public int Count(string text) => Errors.Split('\n').Count(line => line.Contains(text, StringComparison.Ordinal));

    /// <summary>Waits until a line on standard error contains a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="skip">How many such lines to pass over.</param>
    public Task SaysAsync(string text, int skip = 0) => Wait.ForAsync(() => Count(text) > skip, () => $"no line with '{text}':\n{Errors}");

    /// <summary>Waits for the end and returns the exit code.</summary>
    public async Task<int> EndAsync(TimeSpan? limit = null)
    {
        await _process.WaitForExitAsync().WaitAsync(limit ?? Limit);
        await _output.Ended.WaitAsync(Limit);
        await _errors.Ended.WaitAsync(Limit);
        return _process.ExitCode;
    }

    /// <summary>Sends a signal by its name without SIG.</summary>
    public async Task SignalAsync(string name)
    {
        // The shell's own kill: a program of this name is not on every system.
        string command = string.Create(CultureInfo.InvariantCulture, $"kill -{name} {_process.Id}");
        using var kill = Process.Start("sh", ["-c", command]);
        await kill.WaitForExitAsync().WaitAsync(Limit);
        kill.ExitCode.ShouldBe(0);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private async Task<string> FindAsync(Lines lines, string prefix, int skip = 0)
    {
        string? line = await lines.FindAsync(prefix, skip).WaitAsync(Limit);
        line.ShouldNotBeNull($"The program ended without a line '{prefix}…'. It wrote:\n{Output}\n{Errors}");
        return line[prefix.Length..];
    }
}
