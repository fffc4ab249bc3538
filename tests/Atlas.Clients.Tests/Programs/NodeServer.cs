namespace Atlas.Clients.Tests.Programs;

/// <summary>A server in node, which says where it listens and what happens.</summary>
public sealed class NodeServer : IAsyncDisposable
{
    private readonly RunningProgram _program;

    private NodeServer(RunningProgram program, string address)
    {
        _program = program;
        Address = address;
    }

    public string Address { get; }

    /// <summary>Starts one and waits until it listens.</summary>
    public static async Task<NodeServer> StartAsync(string script, params string[] words)
    {
        RunningProgram program = RunningProgram.Start(Node.Start(script), words);
        return new NodeServer(program, await program.OutputAsync("listening on "));
    }

    /// <summary>Waits for a line that begins like this, and returns its rest.</summary>
    public Task<string> SaysAsync(string prefix) => _program.OutputAsync(prefix);

    /// <summary>Kills it: its address refuses connections from then on.</summary>
    public async Task KillAsync()
    {
        await _program.SignalAsync("KILL");
        await _program.EndAsync();
    }

    public ValueTask DisposeAsync() => _program.DisposeAsync();
}
