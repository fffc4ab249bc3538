using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;

namespace Atlas.Cli.Tests.Programs;

/// <summary>A server of WebSockets over HTTP/1.1, which sends everything back.</summary>
public sealed class WebSocketEcho : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly TaskCompletionSource<WebSocketCloseStatus?> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _end = new();
    private readonly Task _accepting;

    public WebSocketEcho()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public string Address => _listener.LocalEndpoint.ToString()!;

    /// <summary>With which status the first of the clients closed that did.</summary>
    public Task<WebSocketCloseStatus?> Closed => _closed.Task.WaitAsync(RunningProgram.Limit);

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Dispose();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            _ = ServeAsync(await _listener.AcceptTcpClientAsync(_end.Token));
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                await EchoAsync(client.GetStream());
            }
            catch (Exception e) when (e is IOException or WebSocketException or OperationCanceledException)
            {
                // The proxy or the test has gone.
            }
        }
    }

    private async Task EchoAsync(NetworkStream stream)
    {
        using var reader = new StreamReader(stream, leaveOpen: true);
        string key = "";
        for (string? line = await reader.ReadLineAsync(_end.Token); !string.IsNullOrEmpty(line); line = await reader.ReadLineAsync(_end.Token))
        {
            key = line.StartsWith("sec-websocket-key: ", StringComparison.OrdinalIgnoreCase) ? line[19..] : key;
        }

        // RFC 6455 4.2.2.
        string accept = Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
        string head = $"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: {accept}\r\n\r\n";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head), _end.Token);
        using var socket = WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { IsServer = true });
        byte[] buffer = new byte[100];
        WebSocketReceiveResult received = await socket.ReceiveAsync(buffer, _end.Token);
        while (received.MessageType != WebSocketMessageType.Close)
        {
            await socket.SendAsync(buffer.AsMemory(0, received.Count), received.MessageType, received.EndOfMessage, _end.Token);
            received = await socket.ReceiveAsync(buffer, _end.Token);
        }

        await socket.CloseOutputAsync(received.CloseStatus!.Value, null, _end.Token);
        _closed.TrySetResult(received.CloseStatus);
    }
}
