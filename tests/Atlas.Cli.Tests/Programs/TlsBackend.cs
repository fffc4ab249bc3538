using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Atlas.Cli.Tests.Programs;

/// <summary>A server that speaks TLS, one request on each connection.</summary>
public sealed class TlsBackend : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Task _serving;

    public TlsBackend(SiteCertificate certificate)
    {
        Certificate = certificate;
        _listener.Start();
        _serving = ServeAsync();
    }

    public string Address => _listener.LocalEndpoint.ToString()!;

    /// <summary>What handshakes from now on show.</summary>
    public SiteCertificate Certificate { get; set; }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _serving;
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using TcpClient client = await _listener.AcceptTcpClientAsync();
                await AnswerAsync(client);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // The test is over.
        }
    }

    private async Task AnswerAsync(TcpClient client)
    {
        try
        {
            await using var stream = new SslStream(client.GetStream());
            using var certificate = Certificate.ToServer();
            await stream.AuthenticateAsServerAsync(certificate);
            using var reader = new StreamReader(stream);
            while (await reader.ReadLineAsync() is { Length: > 0 })
            {
                // The head.
            }

            await stream.WriteAsync("HTTP/1.1 200 OK\r\ncontent-length: 1\r\nconnection: close\r\n\r\nA"u8.ToArray());
            await stream.ShutdownAsync();
        }
        catch (Exception e) when (e is IOException or AuthenticationException)
        {
            // Who does not trust it, leaves.
        }
    }
}
