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

    /// <summary>The port of <see cref="Address"/>, for the arguments of programs.</summary>
    public string Port => Address[(Address.LastIndexOf(':') + 1)..];

    public static Task<RunningAtlas> StartAsync(ConfigFile config, params string[] more) =>
        ReadyAsync(RunningProgram.Atlas(["run", "-c", config.Path, .. more]), "http");

    /// <summary>Starts one whose listener <c>web</c> passes TCP on.</summary>
    public static Task<RunningAtlas> StartTcpAsync(ConfigFile config) =>
        ReadyAsync(RunningProgram.Atlas("run", "-c", config.Path), "tcp");

    /// <summary>Waits until it is ready.</summary>
    /// <param name="program">An <c>atlas run</c>, however it was started.</param>
    /// <param name="protocol">What the listener <c>web</c> speaks.</param>
    public static async Task<RunningAtlas> ReadyAsync(RunningProgram program, string protocol)
    {
        // "https on ", "tcp with TLS on ".
        string line = await program.ErrorAsync($"listener web: {protocol}");
        string address = line[(line.IndexOf(" on ", StringComparison.Ordinal) + 4)..];
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
