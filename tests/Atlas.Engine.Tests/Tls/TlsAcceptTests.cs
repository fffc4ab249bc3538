using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using Atlas.Engine.Flows;
using Atlas.Engine.Streams;
using Atlas.Engine.Tests.Streams;
using Atlas.Engine.Tls;
using SystemSocket = System.Net.Sockets.Socket;

namespace Atlas.Engine.Tests.Tls;

/// <summary>The server's side over real sockets, with .NET's TLS as the client.</summary>
public sealed class TlsAcceptTests
{
    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public void Accept_SslStreamConnects_BothTalkAndFactsAreThere(SslProtocols version)
    {
        using TlsServerContext context = Context(new TlsServerOptions
        {
            Certificates = [TestCertificates.ForOptions(TestCertificates.Server)],
            Alpn = ["h2", "http/1.1"],
        });
        Check(
            context,
            async client =>
            {
                await client.AuthenticateAsClientAsync(ClientOptions("localhost", version, "http/1.1"));
                await client.WriteAsync("ping"u8.ToArray());
                byte[] answer = new byte[4];
                await client.ReadExactlyAsync(answer);
                Encoding.ASCII.GetString(answer).ShouldBe("pong");
                await client.ShutdownAsync();
                (await client.ReadAsync(answer)).ShouldBe(0);
            },
            async handshake =>
            {
                TlsStream stream = handshake.Stream.ShouldNotBeNull(handshake.Text);
                stream.Version.ShouldBe(version == SslProtocols.Tls13 ? TlsVersion.Tls13 : TlsVersion.Tls12);
                stream.Alpn.ShouldBe("http/1.1");
                stream.ServerName.ShouldBe("localhost");
                stream.IsResumed.ShouldBeFalse();
                stream.CipherName.ShouldContain("AES");
                stream.HandshakeBytes.ShouldBeInRange(500, 5000);
                (await stream.ReceiveAsync(4)).Bytes.ShouldBe("ping"u8.ToArray());
                stream.TrySend("po"u8, "ng"u8).ShouldBe(4);
                (await stream.ReceiveAsync()).Last.ShouldBe(0);
                stream.Close();
            });
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n\r\n", TlsFailure.PlainHttp)]
    [InlineData("DELETE /x HTTP/1.1\r\n\r\n", TlsFailure.PlainHttp)]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", TlsFailure.PlainHttp2)]
    [InlineData("SSH-2.0-x\r\n", TlsFailure.Protocol)]
    [InlineData("\x16\x03\x01\x00\x02\x01\x00", TlsFailure.PeerClosed)]
    [InlineData("\x16\x03\x01\x00\x04\x02\x00\x00\x00", TlsFailure.Protocol)]
    [InlineData("\x00\x01\x02\x03\x04\x05\x06\x07\x08", TlsFailure.Protocol)]
    [InlineData("", TlsFailure.PeerClosed)]
    public void Accept_SomethingElseComes_SaysWhatAndLeavesTheConnectionOpen(string bytes, TlsFailure failure)
    {
        using TlsServerContext context = Context();
        using var world = new SocketWorld(IPAddress.Loopback);
        var acceptor = new Acceptor(world.Loop);
        using SystemSocket client = Clients.Connect(world.Listen(acceptor));
        client.Send(Encoding.Latin1.GetBytes(bytes));
        client.Shutdown(SocketShutdown.Send);
        world.Run(async () =>
        {
            ByteStream inner = await acceptor.NextAsync();
            TlsHandshake handshake = await TlsStream.AcceptAsync(inner, context, [], world.Loop.NowMs + 10_000);
            handshake.Stream.ShouldBeNull();
            handshake.Failure.ShouldBe(failure, handshake.Text);
            handshake.Text.ShouldNotBeEmpty();
            inner.IsClosed.ShouldBeFalse();
            inner.TrySend("bye"u8).ShouldBe(3);
            inner.Close();
        });
    }

    [Fact]
    public void Accept_NothingComes_TimesOutAtTheDeadline()
    {
        using TlsServerContext context = Context();
        using var world = new SocketWorld(IPAddress.Loopback);
        var acceptor = new Acceptor(world.Loop);
        using SystemSocket client = Clients.Connect(world.Listen(acceptor));
        world.Run(async () =>
        {
            ByteStream inner = await acceptor.NextAsync();
            long deadlineMs = world.Loop.NowMs + 40;
            TlsHandshake handshake = await TlsStream.AcceptAsync(inner, context, [], deadlineMs);
            handshake.Failure.ShouldBe(TlsFailure.TimedOut);
            world.Loop.NowMs.ShouldBeGreaterThanOrEqualTo(deadlineMs);
            inner.Close();
        });
    }

    [Fact]
    public void Accept_BytesWereReceivedBefore_AreTakenFirst()
    {
        using TlsServerContext context = Context();
        Check(
            context,
            async client => await client.AuthenticateAsClientAsync(ClientOptions("localhost", SslProtocols.Tls13)),
            handshake =>
            {
                handshake.Stream.ShouldNotBeNull(handshake.Text).Close();
                return default;
            },
            receiveFirst: 77);
    }

    internal static TlsServerContext Context(TlsServerOptions? options = null) =>
        new(options ?? new TlsServerOptions { Certificates = [TestCertificates.ForOptions(TestCertificates.Server)] });

    internal static SslClientAuthenticationOptions ClientOptions(string name, SslProtocols version, params string[] alpn) => new()
    {
        TargetHost = name,
        EnabledSslProtocols = version,
        ApplicationProtocols = alpn.Length == 0 ? null : [.. alpn.Select(one => new SslApplicationProtocol(one))],
        RemoteCertificateValidationCallback = static (_, _, _, _) => true,
    };

    internal static void Check(
        TlsServerContext context, Func<SslStream, Task> client, Func<TlsHandshake, Flow> server, int receiveFirst = 0)
    {
        using var world = new SocketWorld(IPAddress.Loopback);
        var acceptor = new Acceptor(world.Loop);
        using SystemSocket socket = Clients.Connect(world.Listen(acceptor));
        using var stream = new SslStream(new NetworkStream(socket));
        Task clientRuns = Task.Run(() => client(stream));
        world.Run(async () =>
        {
            ByteStream inner = await acceptor.NextAsync();
            byte[] first = receiveFirst == 0 ? [] : (await inner.ReceiveAsync(receiveFirst)).Bytes;
            await server(await TlsStream.AcceptAsync(inner, context, first, world.Loop.NowMs + 10_000));
            inner.Close();
        });
        clientRuns.Wait(TimeSpan.FromSeconds(30)).ShouldBeTrue();
    }
}
