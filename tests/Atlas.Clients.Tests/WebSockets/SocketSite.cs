namespace Atlas.Clients.Tests.WebSockets;

/// <summary>Atlas before a WebSocket server, and the outcome of the cases of a client.</summary>
public sealed class SocketSite : IAsyncLifetime
{
    private static readonly string[] Names =
        ["text", "binary", "large", "fragments", "compressed", "protocol", "ping", "pinged", "close", "closed", "terminated"];

    private readonly WebSite _web = new();
    private NodeCases _clear = null!;
    private NodeCases _secure = null!;

    public static TheoryData<string, bool> All { get; } = new MatrixTheoryData<string, bool>(Names, [false, true]);

    public NodeServer Server => _web.Server;

    public Site Site => _web.Site;

    public async ValueTask InitializeAsync()
    {
        await _web.InitializeAsync();
        _clear = new NodeCases("socket-client.mjs", $"ws://{Site.Clear}/socket", null, Names);
        _secure = new NodeCases("socket-client.mjs", $"wss://{Site.Secure}/socket", Site.Ca, Names);
    }

    public Task<string> OutcomeAsync(string name, bool tls) => (tls ? _secure : _clear).OutcomeAsync(name);

    public ValueTask DisposeAsync() => _web.DisposeAsync();
}
