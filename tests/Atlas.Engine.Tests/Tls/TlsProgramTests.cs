using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Atlas.Engine.Flows;
using Atlas.Engine.Interop;
using Atlas.Engine.Streams;
using Atlas.Engine.Tests.Streams;
using Atlas.Engine.Tls;
using SystemSocket = System.Net.Sockets.Socket;

namespace Atlas.Engine.Tests.Tls;

/// <summary>With peers that others wrote: openssl's client and server, .NET's server.</summary>
public sealed partial class TlsProgramTests
{
    [Fact]
    public void Accept_TheClientAsksForTheStatus_GetsTheStapledResponse()
    {
        using var program = new OpenSslProgram();
        byte[] response = MakeOcspResponse(program);
        Serve(
            new TlsServerOptions
            {
                Certificates =
                [
                    TestCertificates.ForOptions(TestCertificates.RsaServer),
                    TestCertificates.ForOptions(TestCertificates.Server, response),
                ],
            },
            (stream, _) => CloseAtTheEndAsync(stream),
            address =>
            {
                foreach (string version in (string[])["-tls1_2", "-tls1_3"])
                {
                    using var client = new OpenSslProgram();
                    client.Run("", ["s_client", "-connect", address, "-servername", "localhost", "-status", version, "-sigalgs", "ECDSA+SHA256"])
                        .ShouldContain("OCSP Response Status: successful (0x0)");
                    using var other = new OpenSslProgram();
                    other.Run("", ["s_client", "-connect", address, "-servername", "localhost", "-status", version, "-sigalgs", "RSA-PSS+SHA256:RSA+SHA256"])
                        .ShouldContain("OCSP response: no response sent");
                }
            });
    }

    [Theory]
    [InlineData("-tls1_2")]
    [InlineData("-tls1_3")]
    public void Accept_TheClientKeepsItsSession_ResumesIt(string version)
    {
        Serve(
            new TlsServerOptions
            {
                Certificates = [TestCertificates.ForOptions(TestCertificates.Server)],
                TicketKeys = new TlsTicketKeyRing(TlsTicketKeys.Random()),
            },
            async (stream, _) =>
            {
                await stream.SendAllAsync("hello\n"u8.ToArray());
                await CloseAtTheEndAsync(stream);
            },
            address =>
            {
                using var files = new OpenSslProgram();
                string session = files.PathOf("session");
                Talk("-sess_out", "New, TLSv1.");
                Talk("-sess_in", "Reused, TLSv1.");

                // Quits only after the server's bytes, which come behind its tickets.
                void Talk(string option, string expected)
                {
                    using var program = new OpenSslProgram();
                    Process process = program.Start("s_client", "-connect", address, version, option, session);
                    Eventually.So(() => program.Output.Contains("hello", StringComparison.Ordinal));
                    process.StandardInput.Write("Q\n");
                    process.StandardInput.Close();
                    program.End(process).ShouldContain(expected);
                }
            });
    }

    [Fact]
    public void Receive_TheClientRenegotiates_IsCut()
    {
        string? failure = null;
        int last = 0;
        Serve(
            new TlsServerOptions { Certificates = [TestCertificates.ForOptions(TestCertificates.Server)] },
            async (stream, _) =>
            {
                (await stream.SendAllAsync("hello\n"u8.ToArray())).ShouldBe(6);
                last = (await stream.ReceiveAsync()).Last;
                failure = stream.FailureText;
                stream.Close();
            },
            address =>
            {
                using var program = new OpenSslProgram();
                Process process = program.Start("s_client", "-connect", address, "-tls1_2");
                Eventually.So(() => program.Output.Contains("hello", StringComparison.Ordinal));
                process.StandardInput.Write("R\n");
                process.StandardInput.Flush();
                program.End(process).ShouldContain("RENEGOTIATING");
            });
        last.ShouldBe(-Errno.EPROTO);
        failure.ShouldBe("renegotiation is not allowed");
    }

    [Theory]
    [InlineData("-tls1")]
    [InlineData("-tls1_1")]
    [InlineData("-tls1_2", "-cipher", "AES128-SHA")]
    [InlineData("-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-SHA")]
    public void Accept_OldVersionOrCipher_IsRefused(params string[] arguments)
    {
        var failures = new List<TlsFailure>();
        Serve(
            new TlsServerOptions { Certificates = [TestCertificates.ForOptions(TestCertificates.Server)] },
            (_, handshake) =>
            {
                failures.Add(handshake.Failure);
                return default;
            },
            address =>
            {
                using var program = new OpenSslProgram();
                program.Run("", ["s_client", "-connect", address, .. arguments]).ShouldContain("Cipher is (NONE)");
            });

        failures.ShouldBe([TlsFailure.NoSharedParameters]);
    }

    [Theory]
    [InlineData("-tls1_2")]
    [InlineData("-tls1_3")]
    public void Connect_ToOpenSslsServer_TalksAndResumes(string version)
    {
        using var program = new OpenSslProgram();
        string certificate = program.Write("server.pem", [.. TestCertificates.Pem(TestCertificates.Server), .. TestCertificates.KeyPem(TestCertificates.Server)]);
        program.Start("s_server", "-accept", "127.0.0.1:0", "-cert", certificate, "-rev", version, "-alpn", "h2");
        Eventually.So(() => Listening().IsMatch(program.Output));
        int port = int.Parse(Listening().Match(program.Output).Groups[1].Value, CultureInfo.InvariantCulture);
        using TlsClientContext client = TlsHandshakeTests.Client(alpn: "h2,http/1.1");
        using var sessions = new TlsClientSessions(client);
        using var world = new SocketWorld(IPAddress.Loopback);
        world.Run(async () =>
        {
            for (int i = 0; i < 3; i++)
            {
                ConnectResult connected = await world.Loop.ConnectAsync(SocketAddress.OfIp(IPAddress.Loopback, port), world.Loop.NowMs + 10_000);
                TlsHandshake handshake = await TlsStream.ConnectAsync(connected.Stream!, client, sessions, "localhost", world.Loop.NowMs + 10_000);
                TlsStream stream = handshake.Stream.ShouldNotBeNull(handshake.Text);
                stream.IsResumed.ShouldBe(i > 0);
                stream.Alpn.ShouldBe("h2");
                (await stream.SendAllAsync("abc\n"u8.ToArray())).ShouldBe(4);
                (await stream.ReceiveAsync(4)).Bytes.ShouldBe("cba\n"u8.ToArray());
                stream.Close();
            }
        });
    }

    [Fact]
    public void Connect_ToDotNetsServer_MovesMuchBothWaysAndHearsTheEnd()
    {
        byte[] all = StreamCalls.Pattern(3_000_000);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        Task serving = Task.Run(async () =>
        {
            using TcpClient accepted = await listener.AcceptTcpClientAsync();
            await using var tls = new SslStream(accepted.GetStream());

            // What .NET made of keys in memory only, its TLS does not take.
            await tls.AuthenticateAsServerAsync(TestCertificates.Server);
            byte[] received = new byte[all.Length];
            Task reading = tls.ReadExactlyAsync(received).AsTask();
            await tls.WriteAsync(all);
            await reading;
            received.AsSpan().SequenceEqual(all).ShouldBeTrue();
            await tls.ShutdownAsync();
        });
        using TlsClientContext client = TlsHandshakeTests.Client();
        using var world = new SocketWorld(IPAddress.Loopback);
        world.Run(async () =>
        {
            var address = SocketAddress.OfIp(IPAddress.Loopback, ((IPEndPoint)listener.LocalEndpoint).Port);
            ConnectResult connected = await world.Loop.ConnectAsync(address, world.Loop.NowMs + 10_000);
            TlsHandshake handshake = await TlsStream.ConnectAsync(connected.Stream!, client, null, "localhost", world.Loop.NowMs + 10_000);
            TlsStream stream = handshake.Stream.ShouldNotBeNull(handshake.Text);
            ResultFlow<int> sending = stream.SendAllAsync(all);
            (byte[] received, int last) = await stream.ReceiveAsync(bufferLength: 50_000);
            received.AsSpan().SequenceEqual(all).ShouldBeTrue();
            last.ShouldBe(0);
            (await sending).ShouldBe(all.Length);
            stream.Close();
        });
        Eventually.So(() => serving.IsCompleted);
        serving.Exception.ShouldBeNull();
    }

    private static async Flow CloseAtTheEndAsync(TlsStream? stream)
    {
        if (stream is not null)
        {
            await stream.ReceiveAsync();
            stream.Close();
        }
    }

    // Serves one connection after the other, on a loop, until the clients are done.
    private static void Serve(TlsServerOptions options, Func<TlsStream, TlsHandshake, Flow> serve, Action<string> clients)
    {
        using var context = new TlsServerContext(options);
        using var world = new SocketWorld(IPAddress.Loopback);
        var acceptor = new Acceptor(world.Loop);
        SocketAddress address = world.Listen(acceptor);
        bool isOver = false;
        Task serving = Task.Run(() => world.Run(async () =>
        {
            while (true)
            {
                ByteStream inner = await acceptor.NextAsync();
                if (Volatile.Read(ref isOver))
                {
                    inner.Close();
                    return;
                }

                TlsHandshake handshake = await TlsStream.AcceptAsync(inner, context, [], world.Loop.NowMs + 10_000);
                await serve(handshake.Stream!, handshake);
                inner.Close();
            }
        }));
        clients($"127.0.0.1:{address.Port}");
        Volatile.Write(ref isOver, true);
        using SystemSocket last = Clients.Connect(address);
        serving.Wait(TimeSpan.FromSeconds(30)).ShouldBeTrue();
    }

    private static byte[] MakeOcspResponse(OpenSslProgram program)
    {
        string authority = program.Write("ca.pem", TestCertificates.AuthorityPem);
        string key = program.Write("ca.key", TestCertificates.KeyPem(TestCertificates.Authority));
        string certificate = program.Write("server.pem", TestCertificates.Pem(TestCertificates.Server));
        string serial = TestCertificates.Server.SerialNumber;
        string index = program.Write("index", Encoding.ASCII.GetBytes($"V\t491231235959Z\t\t{serial}\tunknown\t/CN=localhost\n"));
        string response = program.PathOf("response");
        string printed = program.Run(
            "",
            ["ocsp", "-index", index, "-CA", authority, "-rsigner", authority, "-rkey", key, "-issuer", authority, "-cert", certificate, "-respout", response, "-ndays", "1"]);
        File.Exists(response).ShouldBeTrue(printed);
        return File.ReadAllBytes(response);
    }

    [GeneratedRegex(@"ACCEPT 127\.0\.0\.1:(\d+)")]
    private static partial Regex Listening();
}
