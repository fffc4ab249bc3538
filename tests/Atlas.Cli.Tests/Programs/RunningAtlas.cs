namespace Atlas.Cli.Tests.Programs;

/// <summary>An <c>atlas run</c> that is ready.</summary>
public sealed class RunningAtlas : IAsyncDisposable
{
    private RunningAtlas(RunningProgram program, string address)
    {
        Program = program;
        Address = address;
    }

    public RunningProgram Program { get; }

    /// <summary>Where the listener <c>web</c> accepts.</summary>
    public string Address { get; }

    public static async Task<RunningAtlas> StartAsync(ConfigFile config, params string[] more)
    {
        RunningProgram program = RunningProgram.Atlas(["run", "-c", config.Path, .. more]);
        string address = await program.ErrorAsync("listener web: http on ");
        await program.ErrorAsync("ready");
        return new RunningAtlas(program, address);
    }

    /// <summary>Asks for a reload by signal and waits for its outcome.</summary>
    /// <param name="outcome">The line that says it.</param>
    /// <param name="before">How many such lines came before.</param>
    public async Task ReloadAsync(string outcome = "reloaded", int before = 0)
    {
        await Program.SignalAsync("HUP");
        await Program.ErrorAsync(outcome, before);
    }

    public ValueTask DisposeAsync() => Program.DisposeAsync();
}
