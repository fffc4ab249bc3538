namespace Atlas.Cli.Tests.Programs;

/// <summary>Some <c>atlas server</c>, to be killed and stopped.</summary>
public sealed class Servers : IAsyncDisposable
{
    private readonly RunningProgram[] _programs;

    private Servers(RunningProgram[] programs, string[] addresses)
    {
        _programs = programs;
        Addresses = addresses;
    }

    public IReadOnlyList<string> Addresses { get; }

    /// <summary>Starts so many and waits until they accept.</summary>
    public static async Task<Servers> StartAsync(int count)
    {
        RunningProgram[] programs =
            [.. Enumerable.Range(0, count).Select(i => RunningProgram.Atlas("server", "--bind", "127.0.0.1:0", "--name", $"S{i}"))];
        string[] addresses = await Task.WhenAll(programs.Select(program => program.ErrorAsync("server on http://")));
        return new Servers(programs, addresses);
    }

    /// <summary>Sends one a signal by its name without SIG.</summary>
    public Task SignalAsync(int server, string name) => _programs[server].SignalAsync(name);

    /// <summary>Kills one and starts it again where it was.</summary>
    public async Task RestartAsync(int server)
    {
        await SignalAsync(server, "KILL");
        await _programs[server].EndAsync();
        await _programs[server].DisposeAsync();
        _programs[server] = RunningProgram.Atlas("server", "--bind", Addresses[server], "--name", $"S{server}");
        await _programs[server].ErrorAsync("server on http://");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (RunningProgram program in _programs)
        {
            await program.DisposeAsync();
        }
    }
}
