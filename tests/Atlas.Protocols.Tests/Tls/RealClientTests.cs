using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Atlas.Protocols.Tls;

namespace Atlas.Protocols.Tests.Tls;

/// <summary>The hellos of clients that are in use, taken while the test runs.</summary>
public sealed class RealClientTests
{
    [Fact]
    public async Task Hello_OfSslStream_IsRead()
    {
        byte[] bytes = await OfSslStreamAsync();

        Hellos.Result hello = Hellos.Accept(bytes);

        hello.ServerName.ShouldBe("app.example.com");
        hello.Alpn.ShouldBe("h2 http/1.1");
        hello.HighestVersion.ShouldBe(0x0304);
        CutIntoRecords(bytes, hello);
    }

    [Theory]
    [InlineData("-servername App.example.com -alpn h2,http/1.1", "app.example.com", "h2 http/1.1", 0x0304)]
    [InlineData("-noservername -tls1_2", "", "", 0x0303)]
    [InlineData("-servername a.example -tls1_3 -split_send_frag 512 -max_send_frag 512", "a.example", "", 0x0304)]
    public async Task Hello_OfOpenSsl_IsRead(string options, string name, string alpn, int version)
    {
        byte[] bytes = await OfOpenSslAsync(options);

        Hellos.Result hello = Hellos.Accept(bytes);

        hello.ServerName.ShouldBe(name);
        hello.Alpn.ShouldBe(alpn);
        hello.HighestVersion.ShouldBe(version);
        if (!hello.IsInScratch)
        {
            CutIntoRecords(bytes, hello);
        }
    }

    // Cut into two records at every byte, fed whole and at the boundary.
    private static void CutIntoRecords(byte[] bytes, Hellos.Result expected)
    {
        byte[] message = bytes[5..];
        for (int cut = 1; cut < message.Length; cut++)
        {
            byte[] cutBytes = HelloBuilder.Records(message, cut);
            Hellos.Feed(cutBytes, [cutBytes.Length]).ShouldBe(expected with { IsInScratch = true });
            Hellos.Feed(cutBytes, [5 + cut, cutBytes.Length]).ShouldBe(expected with { IsInScratch = true });
        }
    }

    internal static async Task<byte[]> OfSslStreamAsync()
    {
        using var sent = new OneWayStream();
        await using var client = new SslStream(sent);
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = "App.Example.com",
            ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
        };
        await Should.ThrowAsync<IOException>(() => client.AuthenticateAsClientAsync(options, TestContext.Current.CancellationToken));
        return sent.Written.ToArray();
    }

    private static async Task<byte[]> OfOpenSslAsync(string options)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        using Process process = Process.Start(new ProcessStartInfo("openssl", $"s_client -connect 127.0.0.1:{port} {options}")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        })!;
        using Socket socket = await listener.AcceptSocketAsync(TestContext.Current.CancellationToken);
        byte[] buffer = new byte[ClientHelloReader.MaxBytes];
        byte[] scratch = new byte[ClientHelloReader.MaxBytes];
        ClientHelloReader reader = default;
        int length = 0;
        while (reader.Read(buffer.AsSpan(0, length), scratch, out _) == ClientHelloStatus.NeedMore)
        {
            int received = await socket.ReceiveAsync(buffer.AsMemory(length), TestContext.Current.CancellationToken);
            received.ShouldBeGreaterThan(0);
            length += received;
        }

        socket.Close(0);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return buffer[..length];
    }

    /// <summary>Keeps what is written, and ends when it is read.</summary>
    private sealed class OneWayStream : Stream
    {
        public MemoryStream Written { get; } = new();

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => 0;

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => Written.Write(buffer, offset, count);
    }
}
