using System.Text;
using Atlas.Core.Balancing;
using Atlas.Core.Configuration;
using Atlas.Engine.Buffers;
using Atlas.Engine.Streams;
using Atlas.Proxy.Errors;
using Atlas.Proxy.Forwarding;
using Atlas.Proxy.Metrics;
using Atlas.Proxy.Snapshots;
using Atlas.Proxy.Tcp;
using Atlas.Proxy.Tests.Sessions;
using Atlas.Simulation;

namespace Atlas.Proxy.Tests.Tcp;

/// <summary>What a TCP listener reads before it passes a connection on, and what it writes.</summary>
public sealed class TcpOpeningTests
{
    private static readonly byte[] Signature = "\r\n\r\n\0\r\nQUIT\n"u8.ToArray();

    [Fact]
    public void OutgoingHeader_ClientOfAUnixSocket_IsUnknown() => TcpWorld.Run(async tcp =>
    {
        (ByteStream client, _) = await tcp.World.ConnectAsync();
        var opening = new ConnectionOpening(
            tcp.Listener.Snapshot, client, SocketAddress.OfUnixPath("/run/client"), new ListenerCounters());
        NativeBuffer buffer = OutgoingHeader.TryPrepend(ProxyProtocolVersion.V1, opening, client, out int length).ShouldNotBeNull();
        Encoding.ASCII.GetString(buffer.Span[..length]).ShouldBe("PROXY UNKNOWN\r\n");
        buffer.Return();
        client.Close();
    });

    [Theory]
    [InlineData("a.example.com", "0")]
    [InlineData("A.Example.COM", "0")]
    [InlineData("x.b.example.com", "1")]
    [InlineData("y.x.b.example.com", "1")]
    [InlineData("c.b.example.com", "0")]
    [InlineData("b.example.com", "2")]
    [InlineData("other.org", "2")]
    [InlineData(null, "2")]
    public void Sni_Hello_GoesToItsPoolAsItCame(string? name, string expected) => TcpWorld.ForSeeds(
        async tcp =>
        {
            byte[] hello = Hello.Of(name, recordLength: 1 + tcp.World.Random.Next(80));
            byte[][] got = new byte[3][];
            for (int i = 0; i < 3; i++)
            {
                int server = i;
                tcp.Serve(i, async turn =>
                {
                    got[server] = await turn.Reader.BytesAsync(hello.Length + 4);
                    await turn.Stream.SendAllAsync(ProxyWorld.Bytes($"{server}"));
                });
            }

            (ByteStream client, WireReader reader) = await tcp.World.ConnectAsync();
            await client.SendAllAsync([.. hello, 1, 2, 3, 4]);
            (await reader.BytesAsync(1)).ShouldBe(ProxyWorld.Bytes(expected));
            got[int.Parse(expected, System.Globalization.CultureInfo.InvariantCulture)].ShouldBe([.. hello, 1, 2, 3, 4]);
            client.Close();
        },
        servers: 3,
        listener: Routes(hasDefault: true));

    [Fact]
    public void Alpn_OfferedProtocol_GoesBeforeTheName() => TcpWorld.ForSeeds(
        async tcp =>
        {
            tcp.Echo(0);
            tcp.Echo(1);
            (ByteStream client, WireReader reader) = await tcp.World.ConnectAsync();
            await client.SendAllAsync(Hello.Of("a.example.com", 16_000, "h2", "acme-tls/1"));
            (await reader.BytesAsync(1)).ShouldBe(ProxyWorld.Bytes("1"));
            client.Close();
        },
        servers: 3,
        listener: Routes(hasDefault: true));

    [Fact]
    public void HashKey_ServerName_BindsNamesAndNotClients() => TcpWorld.ForSeeds(
        async tcp =>
        {
            for (int i = 0; i < 3; i++)
            {
                tcp.Echo(i);
            }

            var servers = new HashSet<string>();
            for (int i = 0; i < 12; i++)
            {
                string first = await ServerOfAsync(tcp, $"host-{i}.example.com");
                (await ServerOfAsync(tcp, $"HOST-{i}.example.com")).ShouldBe(first);
                servers.Add(first);
            }

            servers.Count.ShouldBeGreaterThan(1);
        },
        servers: 3,
        pool: pool => new PoolSnapshot(
            pool.Name,
            pool.Servers,
            new PoolBalancer(
                BalanceAlgorithm.ConsistentHash,
                [.. pool.Servers.Select(server => server.Balancing)],
                new RosterOptions(0.5, 0),
                previous: null,
                nowMs: 0))
        {
            Keys = new RequestKeys(new RequestKey(RequestKeyKind.Sni, ""), ipv6PrefixBits: 64),
        },
        listener: listener => listener with { Pool = null, Names = new TlsRoutes([], [], listener.Pool) },
        seeds: 8);

    [Theory]
    [InlineData("SSH-2.0-OpenSSH", true, ProxyError.None)]
    [InlineData("SSH-2.0-OpenSSH", false, ProxyError.BadRequest)]
    [InlineData("\u0016\u0003\u0001\u0000\u0004\u0001\u0000\u0000\u0000", true, ProxyError.BadRequest)]
    public void Sni_NoHello_GoesToTheDefaultOrIsRefused(string text, bool hasDefault, ProxyError error) => TcpWorld.ForSeeds(
        async tcp =>
        {
            tcp.Echo(2);
            (ByteStream client, WireReader reader) = await tcp.World.ConnectAsync();
            await client.SendAllAsync(ProxyWorld.Bytes(text));
            byte[] name = await reader.BytesAsync(1);
            name.ShouldBe(error == ProxyError.None ? ProxyWorld.Bytes("2") : []);
            tcp.Metrics.Errors(error).ShouldBe(error == ProxyError.None ? 0 : 1);
            client.Close();
        },
        servers: 3,
        listener: Routes(hasDefault));

    [Fact]
    public void Sni_NameOfNoPool_IsRefusedWithoutADefault() => TcpWorld.ForSeeds(
        async tcp =>
        {
            (ByteStream client, WireReader reader) = await tcp.World.ConnectAsync();
            await client.SendAllAsync(Hello.Of("other.org"));
            await reader.ToEndAsync();
            reader.Last.ShouldBeLessThan(0);
            tcp.Metrics.Errors(ProxyError.NoRoute).ShouldBe(1);
        },
        servers: 3,
        listener: Routes(hasDefault: false));

    [Fact]
    public void Sni_HelloThatNeverEnds_IsClosedInItsMillisecond() => TcpWorld.Run(
        async tcp =>
        {
            (ByteStream client, WireReader reader) = await tcp.World.ConnectAsync();
            long beganMs = tcp.World.NowMs;
            await client.SendAllAsync(Hello.Of("a.example.com")[..^1]);
            await reader.ToEndAsync();
            (tcp.World.NowMs - beganMs).ShouldBeInRange(5_000 - 5, 5_000 + 5);
            tcp.Metrics.Errors(ProxyError.ClientSlow).ShouldBe(1);
            client.Close();
        },
        servers: 3,
        listener: listener => Routes(hasDefault: true)(listener) with { HelloMs = 5_000 });

    [Fact]
    public void Sni_HelloPastTheLimit_IsRefused() => TcpWorld.Run(
        async tcp =>
        {
            (ByteStream client, WireReader reader) = await tcp.World.ConnectAsync();
            await client.SendAllAsync(Hello.Of("a.example.com", 16_000, [.. Enumerable.Range(0, 80).Select(i => new string('x', 250) + i)]));
            await reader.ToEndAsync();
            reader.Last.ShouldBeLessThan(0);
            tcp.Metrics.Errors(ProxyError.BadRequest).ShouldBe(1);
        },
        servers: 3,
        listener: Routes(hasDefault: true));

    [Theory]
    [InlineData("PROXY TCP4 198.51.100.9 192.0.2.1 4000 443\r\n", "198.51.100.9 192.0.2.1 4000 443")]
    [InlineData("PROXY TCP6 2001:db8::9 2001:db8::1 4000 443\r\n", "2001:db8::9 2001:db8::1 4000 443")]
    public void ProxyHeader_InAndOut_NamesTheClientToTheServer(string header, string expected) => TcpWorld.ForSeeds(
        async tcp =>
        {
            byte[] got = [];
            tcp.Serve(0, async turn => got = await turn.Reader.ToEndAsync());
            (ByteStream client, WireReader _) = await tcp.World.ConnectAsync();
            await client.SendAllAsync(ProxyWorld.Bytes(header + "data"));
            client.ShutdownSend();
            await tcp.World.DelayAsync(20_000);
            Encoding.Latin1.GetString(got).ShouldEndWith(expected + "\r\ndata");
        },
        pool: pool => new PoolSnapshot(pool.Name, pool.Servers) { SendProxyProtocol = ProxyProtocolVersion.V1 },
        listener: AcceptsHeaders);

    [Fact]
    public void ProxyHeader_OutWithoutOneIn_NamesThePeerBeforeItSpeaks() => TcpWorld.ForSeeds(
        async tcp =>
        {
            byte[] got = [];
            tcp.Serve(0, async turn =>
            {
                got = await turn.Reader.BytesAsync(16);
                await turn.Stream.SendAllAsync(ProxyWorld.Bytes("0"));
            });
            (ByteStream client, _, _) = await tcp.GreetedAsync();
            got[..12].ShouldBe(Signature);
            got[12].ShouldBe((byte)0x21);
            client.Close();
        },
        pool: pool => new PoolSnapshot(pool.Name, pool.Servers) { SendProxyProtocol = ProxyProtocolVersion.V2 });

    [Theory]
    [InlineData("PROXY TCP4 192.0.2.999 192.0.2.1 4000 443\r\n")]
    [InlineData("GET / HTTP/1.1\r\n\r\n")]
    public void ProxyHeader_IsBad_ConnectionIsReset(string header) => TcpWorld.ForSeeds(
        async tcp =>
        {
            (ByteStream client, WireReader reader) = await tcp.World.ConnectAsync();
            await client.SendAllAsync(ProxyWorld.Bytes(header));
            await reader.ToEndAsync();
            reader.Last.ShouldBeLessThan(0);
            tcp.World.Server.Streams.ShouldBeEmpty();
            tcp.Metrics.Errors(ProxyError.BadRequest).ShouldBe(1);
        },
        listener: AcceptsHeaders);

    private static async Engine.Flows.ResultFlow<string> ServerOfAsync(TcpWorld tcp, string name)
    {
        (ByteStream client, WireReader reader) = await tcp.World.ConnectAsync();
        await client.SendAllAsync(Hello.Of(name));
        byte[] server = await reader.BytesAsync(1);
        client.Close();
        return Encoding.ASCII.GetString(server);
    }

    internal static TcpListenerSnapshot AcceptsHeaders(TcpListenerSnapshot listener)
    {
        IpNetwork.TryParse("203.0.113.0/24", out IpNetwork network).ShouldBeTrue();
        return listener with { AcceptProxyProtocol = [network] };
    }

    private static Func<TcpListenerSnapshot, TcpListenerSnapshot> Routes(bool hasDefault) => listener =>
    {
        PoolSnapshot[] pools = [.. listener.Pool!.Servers.Select((server, i) => new PoolSnapshot($"p{i}", [server]))];
        return listener with
        {
            Pool = null,
            Names = new TlsRoutes(
                [
                    (new HostPattern("a.example.com", IsWildcard: false), pools[0]),
                    (new HostPattern(".b.example.com", IsWildcard: true), pools[1]),
                    (new HostPattern("c.b.example.com", IsWildcard: false), pools[0]),
                ],
                [("acme-tls/1", pools[1])],
                hasDefault ? pools[2] : null),
        };
    };
}
