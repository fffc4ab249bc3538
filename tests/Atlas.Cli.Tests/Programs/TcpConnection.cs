using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Atlas.Cli.Tests.Programs;

/// <summary>A connection that stays, to a <see cref="Backend"/> that echoes.</summary>
public sealed class TcpConnection : IDisposable
{
    private readonly TcpClient _client;

    private TcpConnection(TcpClient client, string server)
    {
        _client = client;
        Server = server;
    }

    /// <summary>The name of the server that it is at.</summary>
    public string Server { get; }

    /// <summary>Connects, and asks for the server's name, so that it is there once this returns.</summary>
    public static async Task<TcpConnection> OpenAsync(string address)
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPEndPoint.Parse(address)).WaitAsync(RunningProgram.Limit);
        await client.GetStream().WriteAsync("GET / HTTP/1.1\r\n\r\n"u8.ToArray());
        string answer = await ReadAsync(client);
        return new TcpConnection(client, answer[^1..]);
    }

    /// <summary>The same number of connections, one after the other.</summary>
    public static async Task<TcpConnection[]> OpenManyAsync(string address, int count)
    {
        var connections = new TcpConnection[count];
        for (int i = 0; i < count; i++)
        {
            connections[i] = await OpenAsync(address);
        }

        return connections;
    }

    /// <summary>Sends a line and gets an answer to it.</summary>
    public async Task AskAsync()
    {
        await _client.GetStream().WriteAsync("GET / HTTP/1.1\r\n\r\n"u8.ToArray());
        (await ReadAsync(_client)).ShouldEndWith(Server);
    }

    /// <summary>Waits until it is reset.</summary>
    public async Task ResetAsync()
    {
        var reset = await Should.ThrowAsync<IOException>(() => ReadAsync(_client));
        reset.InnerException.ShouldBeOfType<SocketException>().SocketErrorCode.ShouldBe(SocketError.ConnectionReset);
    }

    public void Dispose() => _client.Dispose();

    private static async Task<string> ReadAsync(TcpClient client)
    {
        string text = "";
        byte[] buffer = new byte[1024];
        do
        {
            int received = await client.GetStream().ReadAsync(buffer).AsTask().WaitAsync(RunningProgram.Limit);
            received.ShouldBeGreaterThan(0, $"it ended after '{text}'");
            text += Encoding.ASCII.GetString(buffer, 0, received);
        }
        while (!text.Contains("\r\n\r\n", StringComparison.Ordinal) || text.EndsWith('\n'));
        return text;
    }
}
