using System.Diagnostics;

namespace Atlas.Cli.Tests.Programs;

/// <summary>Programs that others wrote and that come to an end.</summary>
public static class Tool
{
    /// <summary>Runs one that must end with 0.</summary>
    /// <returns>What it wrote to standard output.</returns>
    public static async Task<string> RunAsync(string program, params string[] words)
    {
        ToolResult result = await EndAsync(program, words);
        result.ExitCode.ShouldBe(0, $"{program} {string.Join(' ', words)}\n{result.Output}{result.Errors}");
        return result.Output;
    }

    /// <summary>Runs one to whatever end it comes to.</summary>
    public static async Task<ToolResult> EndAsync(string program, params string[] words)
    {
        await using RunningProgram running = RunningProgram.Start(new ProcessStartInfo(program), words);
        int code = await running.EndAsync();
        return new ToolResult(code, running.Output, running.Errors);
    }
}
