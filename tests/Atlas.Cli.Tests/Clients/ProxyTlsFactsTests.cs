using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Atlas.Cli.Tests.Programs;

namespace Atlas.Cli.Tests.Clients;

/// <summary>What the PROXY protocol tells servers of a client's TLS that ends at the listener (PROXY protocol 2.2). The client is curl.
/// </summary>
public sealed class ProxyTlsFactsTests
{
    private const int FixedLength = 16;
    private const int AddressesLength = 12;

    [Theory]
    [InlineData("http", "http/1.1")]
    [InlineData("http", "h2")]
    [InlineData("tcp", "http/1.1")]
    public async Task Header_OfAClientWithACertificate_SaysWhatItsTlsAgreedOn(string protocol, string alpn)
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        using var config = new ConfigFile($$"""
            listeners:
              web:
                bind: 127.0.0.1:0
                protocol: {{protocol}}
                pool: web
                tls: { certificates: [{ cert: site.pem, key: site.key }], alpn: {{alpn}}, client_ca: site.pem }
            pools:
              web: { servers: ["{{server.LocalEndpoint}}"], send_proxy_protocol: v2 }
            admin: { bind: none }
            """);
        new SiteCertificate().Write(config);
        await using RunningAtlas atlas = protocol == "tcp" ? await RunningAtlas.StartTcpAsync(config) : await RunningAtlas.StartAsync(config);
        Task<byte[]> serving = AnswerAsync(server);

        string body = await Tool.RunAsync(
            "curl",
            ["--silent", "--show-error", "--max-time", "30", alpn == "h2" ? "--http2" : "--http1.1", "--tls-max", "1.2",
            "--cacert", config.Sibling("site.pem"), "--cert", config.Sibling("site.pem"), "--key", config.Sibling("site.key"),
            "--resolve", $"site.example:{atlas.Port}:127.0.0.1", $"https://site.example:{atlas.Port}/"]);

        byte[] header = await serving;
        body.ShouldBe("x\n");
        Dictionary<byte, byte[]> facts = Tlvs(header.AsSpan(FixedLength + AddressesLength));
        Encoding.ASCII.GetString(facts[0x01]).ShouldBe(alpn);
        Encoding.ASCII.GetString(facts[0x02]).ShouldBe("site.example");
        byte[] ssl = facts[0x20];
        ssl[0].ShouldBe((byte)7, "TLS, with a certificate on this connection and in its session");
        BinaryPrimitives.ReadUInt32BigEndian(ssl.AsSpan(1)).ShouldBe(0u, "it was verified");
        Dictionary<byte, byte[]> sub = Tlvs(ssl.AsSpan(5));
        Encoding.ASCII.GetString(sub[0x21]).ShouldBe("TLSv1.2");
        Encoding.ASCII.GetString(sub[0x22]).ShouldBe("site");
        Encoding.ASCII.GetString(sub[0x23]).ShouldStartWith("ECDHE-ECDSA-");
    }

    /// <summary>Reads a header and a request, and answers.</summary>
    private static async Task<byte[]> AnswerAsync(TcpListener server)
    {
        using TcpClient client = await server.AcceptTcpClientAsync();
        NetworkStream stream = client.GetStream();
        byte[] start = new byte[FixedLength];
        await stream.ReadExactlyAsync(start);
        byte[] rest = new byte[BinaryPrimitives.ReadUInt16BigEndian(start.AsSpan(14))];
        await stream.ReadExactlyAsync(rest);
        using var reader = new StreamReader(stream, leaveOpen: true);
        while (!string.IsNullOrEmpty(await reader.ReadLineAsync()))
        {
            // The head ends with an empty line.
        }

        await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: close\r\n\r\nx"u8.ToArray());
        return [.. start, .. rest];
    }

    private static Dictionary<byte, byte[]> Tlvs(ReadOnlySpan<byte> bytes)
    {
        var found = new Dictionary<byte, byte[]>();
        while (!bytes.IsEmpty)
        {
            int length = BinaryPrimitives.ReadUInt16BigEndian(bytes[1..]);
            found.Add(bytes[0], bytes.Slice(3, length).ToArray());
            bytes = bytes[(3 + length)..];
        }

        return found;
    }
}
