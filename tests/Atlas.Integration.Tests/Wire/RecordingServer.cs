using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Atlas.Integration.Tests.Wire;

/// <summary>A server that keeps every byte it received, per connection, and answers by a script.</summary>
internal sealed class RecordingServer : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly Func<RecordingServer, WireConnection, Task> _script;
    private readonly ConcurrentQueue<WireConnection> _connections = new();
    private readonly ConcurrentQueue<WireMessage> _requests = new();
    private readonly ConcurrentQueue<Exception> _failures = new();
    private readonly Task _accepting;

    /// <summary>Starts a server; without a script it answers every request with 200 and its name.</summary>
    public RecordingServer(Func<RecordingServer, WireConnection, Task>? script = null, string name = "A")
    {
        Name = name;
        _script = script ?? ((server, connection) => server.AnswerAllAsync(connection, Response(name)));
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(512);
        Address = (IPEndPoint)_listener.LocalEndPoint!;
        _accepting = AcceptAsync();
    }

    public string Name { get; }

    public IPEndPoint Address { get; }

    public IReadOnlyCollection<WireConnection> Connections => _connections;

    /// <summary>Complete requests in the order in which they ended.</summary>
    public IReadOnlyCollection<WireMessage> Requests => _requests;

    /// <summary>Bytes received over all connections.</summary>
    public long Bytes => _connections.Sum(connection => (long)connection.Received.Length);

    /// <summary>A server with one answer to everything.</summary>
    public static RecordingServer Answering(string response) => new((server, connection) => server.AnswerAllAsync(connection, response));

    public static string Response(string body, string fields = "") =>
        $"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\n{fields}\r\n{body}";

    /// <summary>Reads a request and keeps it; null when the connection ended.</summary>
    public async Task<WireMessage?> ReadRequestAsync(WireConnection connection)
    {
        WireMessage? request = await WireMessage.ReadRequestAsync(connection);
        if (request is not { IsComplete: true })
        {
            return null;
        }

        _requests.Enqueue(request);
        return request;
    }

    public async Task AnswerAllAsync(WireConnection connection, string response)
    {
        while (await ReadRequestAsync(connection) is not null)
        {
            await connection.SendAsync(response);
        }
    }

    /// <summary>Stops listening: from now on connections are refused.</summary>
    public void StopListening() => _listener.Dispose();

    /// <summary>The failures of scripts, such as a request that breaks the grammar.</summary>
    public IReadOnlyCollection<Exception> Failures => _failures;

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _accepting;
        foreach (WireConnection connection in _connections)
        {
            connection.Dispose();
        }
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            Socket socket;
            try
            {
                socket = await _listener.AcceptAsync();
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return;
            }

            var connection = new WireConnection(socket);
            _connections.Enqueue(connection);
            _ = ServeAsync(connection);
        }
    }

    private async Task ServeAsync(WireConnection connection)
    {
        try
        {
            await _script(this, connection);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or TimeoutException)
        {
            // The proxy, or the end of the test, closed it.
        }
        catch (Exception e) when (e is FormatException or OverflowException or ShouldAssertException)
        {
            _failures.Enqueue(e);
        }
        finally
        {
            connection.Dispose();
        }
    }
}
