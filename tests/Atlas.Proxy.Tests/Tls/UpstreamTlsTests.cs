using System.Text;
using Atlas.Core.Configuration;
using Atlas.Engine.Flows;
using Atlas.Engine.Streams;
using Atlas.Engine.Tests.Tls;
using Atlas.Engine.Tls;
using Atlas.Proxy.Errors;
using Atlas.Proxy.Snapshots;
using Atlas.Proxy.Tests.Sessions;
using Atlas.Proxy.Tests.Tcp;
using Atlas.Simulation;

namespace Atlas.Proxy.Tests.Tls;

/// <summary>TLS to servers over networks that split and delay.</summary>
public sealed class UpstreamTlsTests : IDisposable
{
    private const int Seeds = 12;
    private const string Get = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n";

    private readonly TlsClientContext _client = new(new TlsClientOptions { CaPem = TestCertificates.AuthorityPem });
    private readonly TlsServerContext _server = new(new TlsServerOptions
    {
        Certificates = [TestCertificates.ForOptions(TestCertificates.Server)], TicketKeys = new TlsTicketKeyRing(TlsTicketKeys.Random()),
    });

    public void Dispose()
    {
        _client.Dispose();
        _server.Dispose();
    }

    [Fact]
    public void Connections_AfterTheFirst_ResumeTheSession() => ProxyWorld.ForSeeds(Seeds, Make(), async world =>
    {
        var resumed = new List<bool>();
        Serve(world.Server, async stream =>
        {
            resumed.Add(stream.IsResumed);
            var reader = new WireReader(stream);
            await reader.RequestAsync();
            await stream.SendAllAsync(ProxyWorld.Bytes("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"));
        });

        for (int i = 0; i < 3; i++)
        {
            await world.AskAsync(Get, 200);
        }

        resumed.ShouldBe([false, true, true]);
    });

    [Fact]
    public void Connections_AreKept_AndNotUsedAfterTheSettingsChanged() => ProxyWorld.ForSeeds(Seeds, Make(), async world =>
    {
        int connections = 0;
        Serve(world.Server, async stream =>
        {
            connections++;
            var reader = new WireReader(stream);
            while (await reader.RequestAsync() is not null)
            {
                await stream.SendAllAsync(ProxyWorld.Bytes("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
            }
        });
        await world.AskAsync(Get, 200);
        await world.AskAsync(Get, 200);
        connections.ShouldBe(1);
        using var other = new TlsClientContext(new TlsClientOptions { CaPem = TestCertificates.AuthorityPem });
        PoolSnapshot pool = Secured(world.Pool, other);
        world.Front.Snapshot = new HttpListenerSnapshot("front", pool);

        await world.AskAsync(Get, 200);

        connections.ShouldBe(2);
    });

    [Fact]
    public void Response_ThatEndsWithTheConnection_WithoutASign_IsNotWhole() => ProxyWorld.ForSeeds(Seeds, Make(), async world =>
    {
        Serve(world.Server, async stream =>
        {
            var reader = new WireReader(stream);
            await reader.RequestAsync();
            await stream.SendAllAsync(ProxyWorld.Bytes("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nall of it?"));
            await world.DelayAsync(1_000);
            world.Server.Streams[^1].ShutdownSend();
            await reader.ToEndAsync();
        });
        (ByteStream client, WireReader reader) = await world.ConnectAsync();
        await client.SendAllAsync(ProxyWorld.Bytes(Get));

        WireMessage response = (await reader.ResponseAsync("GET")).ShouldNotBeNull();

        response.IsWhole.ShouldBeFalse();
    });

    // With TLS 1.3 the client is done with the handshake before the server has seen what it shows (RFC 8446 4.4.2.4, 6.2).
    [Fact]
    public void Server_ThatWantsACertificate_IsSaidToRefuse()
    {
        using var strict = new TlsServerContext(new TlsServerOptions
        {
            Certificates = [TestCertificates.ForOptions(TestCertificates.Server)],
            ClientCaPem = TestCertificates.AuthorityPem,
            IsClientCertificateRequired = true,
        });
        ProxyWorld.ForSeeds(1, seed => new ProxyWorld(seed, SimulationOptions.Calm, pool: pool => Secured(pool, _client)), async world =>
        {
            world.Server.OnConnect = async turn =>
            {
                TlsHandshake handshake = await TlsStream.AcceptAsync(turn.Stream, strict, default, turn.Loop.NowMs + 10_000);
                handshake.Stream.ShouldBeNull();
                turn.Stream.ShutdownSend();
                await turn.Reader.ToEndAsync();
                turn.Stream.Close();
                return true;
            };

            await world.AskAsync(Get, 502);

            world.Pool.Servers[0].ConnectFailure.ShouldNotBeNull().Text
                .ShouldBe("tls: the server refuses the handshake: tlsv13 alert certificate required");
            world.Pool.Servers[0].IsUnreachable.ShouldBeTrue();
        });
    }

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("\0\0\0\u0004\0\0\0\0\0")]
    [InlineData("220 mail.example ESMTP\r\n")]
    public void Server_WithoutTls_IsSaidToBe(string answer) => ProxyWorld.ForSeeds(Seeds, Make(), async world =>
    {
        world.Server.OnConnect = async turn =>
        {
            await turn.SendAsync(answer);
            await turn.Reader.ToEndAsync();
            turn.Stream.Close();
            return true;
        };

        await world.AskAsync(Get, 502);

        world.Pool.Servers[0].ConnectFailure.ShouldNotBeNull().Text
            .ShouldBe("tls: the server does not speak TLS: give the port where it does, or, if it has none, remove tls from its pool");
    });

    [Fact]
    public void Server_ThatIsSilent_TakesTheTimeOfConnecting() => ProxyWorld.ForSeeds(Seeds, Make(), async world =>
    {
        world.Server.OnConnect = async turn =>
        {
            await turn.Reader.ToEndAsync();
            return true;
        };
        long beganMs = world.NowMs;

        await world.AskAsync(Get, 504);

        (world.NowMs - beganMs).ShouldBeInRange(3_000, 3_300);
    });

    [Fact]
    public void Tcp_GoesThroughTls_BehindTheHeader() => TcpWorld.ForSeeds(
        async tcp =>
        {
            string header = "";
            tcp.Serve(0, async turn =>
            {
                // Byte by byte, so that nothing of the handshake is taken.
                byte[] one = new byte[1];
                while (!header.EndsWith('\n') && await turn.Stream.ReceiveSomeAsync(one) == 1)
                {
                    header += (char)one[0];
                }

                TlsHandshake handshake = await TlsStream.AcceptAsync(turn.Stream, _server, default, turn.Loop.NowMs + 10_000);
                TlsStream secure = handshake.Stream.ShouldNotBeNull();
                var reader = new WireReader(secure);
                byte[] asked = await reader.BytesAsync(5);
                await secure.SendAllAsync([.. asked, .. "!"u8]);
                await reader.ToEndAsync();
                secure.Close();
            });
            (ByteStream client, WireReader answers) = await tcp.World.ConnectAsync();
            await client.SendAllAsync("hello"u8.ToArray());

            Encoding.ASCII.GetString(await answers.BytesAsync(6)).ShouldBe("hello!");

            header.ShouldStartWith("PROXY TCP4 ");
            header.Count(c => c == '\n').ShouldBe(1);
            client.Close();
        },
        pool: pool => Secured(pool, _client, ProxyProtocolVersion.V1),
        seeds: Seeds);

    [Fact]
    public void Tcp_ServerWithoutTls_GivesWayToAnother() => TcpWorld.ForSeeds(
        async tcp =>
        {
            tcp.Serve(0, async turn =>
            {
                await turn.SendAsync("220 welcome\r\n");
                await turn.Reader.ToEndAsync();
            });
            Serve(tcp.World.Servers[1], async stream =>
            {
                await stream.SendAllAsync("1"u8.ToArray());
                await new WireReader(stream).ToEndAsync();
            });

            for (int i = 0; i < 2; i++)
            {
                (ByteStream client, _, string server) = await tcp.GreetedAsync();
                server.ShouldBe("1");
                client.Close();
            }

            tcp.Metrics.Errors(ProxyError.TlsFailed).ShouldBe(0);
            tcp.World.Servers[1].State.Metrics!.Failovers.ShouldBe(2);
        },
        servers: 2,
        pool: pool => Secured(pool, _client),
        seeds: Seeds);

    private Func<int, ProxyWorld> Make() => seed => new ProxyWorld(seed, pool: pool => Secured(pool, _client));

    private static PoolSnapshot Secured(
        PoolSnapshot pool, TlsClientContext context, ProxyProtocolVersion header = ProxyProtocolVersion.None) => new(pool.Name, pool.Servers)
    {
        Tls = new UpstreamTls(context, "localhost", new Dictionary<ServerState, string>()), SendProxyProtocol = header,
    };

    private void Serve(WireServer server, Func<TlsStream, Flow> serve) => server.OnConnect = async turn =>
    {
        TlsHandshake handshake = await TlsStream.AcceptAsync(turn.Stream, _server, default, turn.Loop.NowMs + 10_000);
        if (handshake.Stream is { } stream)
        {
            await serve(stream);

            // What it sent goes on its way while it waits.
            stream.ShutdownSend();
            await new WireReader(stream).ToEndAsync();
            stream.Close();
        }

        return true;
    };
}
