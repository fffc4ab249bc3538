using System.Net;
using System.Net.Sockets;

namespace Atlas.Cli.Tests.Programs;

/// <summary>A server that takes connections and resets each before it has said anything.</summary>
public sealed class ResettingServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Task _accepting;

    public ResettingServer()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public string Address => _listener.LocalEndpoint.ToString()!;

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            using Socket client = await _listener.AcceptSocketAsync();
            client.LingerState = new LingerOption(enable: true, seconds: 0);
        }
    }
}
