using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Atlas.Cli.Tests.Programs;

/// <summary>A server of UDP that sends everything back.</summary>
public sealed class UdpEcho : IAsyncDisposable
{
    private readonly UdpClient _socket = new(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly CancellationTokenSource _end = new();
    private readonly Task _serving;

    public UdpEcho() => _serving = ServeAsync();

    /// <summary>Whom it heard, by address and port.</summary>
    public ConcurrentDictionary<IPEndPoint, bool> Clients { get; } = new();

    public string Address => _socket.Client.LocalEndPoint!.ToString()!;

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _socket.Dispose();
        _end.Dispose();
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            UdpReceiveResult asked = await _socket.ReceiveAsync(_end.Token);
            Clients.TryAdd(asked.RemoteEndPoint, true);
            await _socket.SendAsync(asked.Buffer, asked.RemoteEndPoint, _end.Token);
        }
    }
}
