using System.Net;
using Atlas.Protocols.Http;
using Atlas.Protocols.Http1;
using Atlas.Protocols.ProxyProtocol;
using CsCheck;

namespace Atlas.Protocols.Tests.ProxyProtocol;

public sealed class ProxyHeaderWriterTests
{
    private static readonly Gen<ProxyEndpoint> Endpoint = Gen.Select(
        Gen.OneOf(Gen.Byte.Array[4], Gen.OneOf(Gen.Const((byte)0), Gen.Byte).Array[16]),
        Gen.UShort,
        (ip, port) => new ProxyEndpoint(ip, port));

    private static readonly Gen<byte[]> Value = Gen.Byte.Array[0, 40];

    [Theory]
    [InlineData("192.0.2.1", "198.51.100.7", "PROXY TCP4 192.0.2.1 198.51.100.7 56324 443\r\n")]
    [InlineData("2001:db8::1", "::", "PROXY TCP6 2001:db8::1 :: 56324 443\r\n")]
    [InlineData("1:0:0:2:0:0:0:3", "1:2:3:4:5:6:0:8", "PROXY TCP6 1:0:0:2::3 1:2:3:4:5:6:0:8 56324 443\r\n")]
    [InlineData("1::", "0:2:3:4:5:6:7:0", "PROXY TCP6 1:: 0:2:3:4:5:6:7:0 56324 443\r\n")]
    [InlineData("192.0.2.1", "::1", "PROXY TCP6 ::ffff:c000:201 ::1 56324 443\r\n")]
    [InlineData("::1", "192.0.2.1", "PROXY TCP6 ::1 ::ffff:c000:201 56324 443\r\n")]
    public void V1_OfAddresses_IsTheProtocolsLine(string client, string server, string expected)
    {
        byte[] buffer = new byte[ProxyHeaderWriter.MaxTextLength];

        int length = ProxyHeaderWriter.WriteV1(buffer, Of(client, 56324), Of(server, 443));

        Bytes.Text(buffer.AsSpan(0, length)).ShouldBe(expected);
    }

    [Fact]
    public void V1_WithoutAddresses_IsUnknown()
    {
        byte[] buffer = new byte[ProxyHeaderWriter.MaxTextLength];

        int length = ProxyHeaderWriter.WriteV1(buffer, default, Of("192.0.2.1", 443));

        Bytes.Text(buffer.AsSpan(0, length)).ShouldBe("PROXY UNKNOWN\r\n");
    }

    [Fact]
    public void V2_OfMixedFamilies_MapsTheIpv4One()
    {
        byte[] buffer = new byte[ProxyHeaderWriter.MaxLength];
        int length = ProxyHeaderWriter.WriteV2(buffer, ProxyTransport.Stream, Of("192.0.2.1", 1), Of("2001:db8::1", 2));

        ProxyHeader header = ProxyHeaders.Accept(buffer[..length]);

        length.ShouldBe(52);
        header.Family.ShouldBe(ProxyFamily.Ipv6);
        header.Source.ShouldBe(Of("::ffff:192.0.2.1", 1));
        header.Destination.ShouldBe(Of("2001:db8::1", 2));
    }

    [Fact]
    public void V2Local_IsSixteenBytes()
    {
        byte[] buffer = new byte[16];

        ProxyHeaderWriter.WriteV2Local(buffer).ShouldBe(16);

        buffer.ShouldBe(ProxyHeaders.Binary(0x20, 0));
    }

    [Fact]
    public void Written_IntoEveryShorterSpan_IsNothing()
    {
        ProxyOutgoingTlvs tlvs = new() { Authority = "a"u8, HasSsl = true, SslVersion = "TLSv1.3"u8, HasChecksum = true };
        byte[] buffer = new byte[ProxyHeaderWriter.MaxLength];
        int v1 = ProxyHeaderWriter.WriteV1(buffer, Of("192.0.2.1", 1), Of("192.0.2.1", 2));
        int v2 = ProxyHeaderWriter.WriteV2(buffer, ProxyTransport.Stream, Of("192.0.2.1", 1), Of("192.0.2.1", 2), tlvs);
        int unix = ProxyHeaderWriter.WriteV2Unix(buffer, ProxyTransport.Stream, default, "/run/a"u8, tlvs);
        v2.ShouldBe(28 + 4 + 8 + 10 + 7);
        for (int length = 0; length < unix; length++)
        {
            Span<byte> room = buffer.AsSpan(0, length);
            ProxyHeaderWriter.WriteV1(room, Of("192.0.2.1", 1), Of("192.0.2.1", 2)).ShouldBe(length < v1 ? 0 : v1);
            ProxyHeaderWriter.WriteV2(room, ProxyTransport.Stream, Of("192.0.2.1", 1), Of("192.0.2.1", 2), tlvs)
                .ShouldBe(length < v2 ? 0 : v2);
            ProxyHeaderWriter.WriteV2Unix(room, ProxyTransport.Stream, default, "/run/a"u8, tlvs).ShouldBe(0);
            ProxyHeaderWriter.WriteV2Local(room).ShouldBe(length < 16 ? 0 : 16);
            ProxyHeaderWriter.WriteV1Unknown(room).ShouldBe(length < 15 ? 0 : 15);
        }
    }

    [Fact]
    public void V2_PastItsBounds_IsNothing()
    {
        byte[] buffer = new byte[2048];
        int AuthorityOf(int length) => ProxyHeaderWriter.WriteV2(
            buffer, ProxyTransport.Stream, Of("192.0.2.1", 1), Of("192.0.2.1", 2), new ProxyOutgoingTlvs { Authority = new byte[length] });
        int UniqueIdOf(int length) => ProxyHeaderWriter.WriteV2(
            buffer, ProxyTransport.Stream, Of("192.0.2.1", 1), Of("192.0.2.1", 2), new ProxyOutgoingTlvs { UniqueId = new byte[length] });

        AuthorityOf(536 - 31).ShouldBe(536);
        AuthorityOf(536 - 30).ShouldBe(0);
        AuthorityOf(70_000).ShouldBe(0);
        UniqueIdOf(128).ShouldBe(28 + 131);
        UniqueIdOf(129).ShouldBe(0);
        ProxyHeaderWriter.WriteV2Unix(buffer, ProxyTransport.Stream, default, new byte[108]).ShouldBe(232);
        ProxyHeaderWriter.WriteV2Unix(buffer, ProxyTransport.Stream, default, new byte[109]).ShouldBe(0);
    }

    [Fact]
    public void V1_WrittenAndRead_IsTheSame() => Gen.Select(Endpoint, Endpoint).Sample((client, server) =>
    {
        byte[] buffer = new byte[ProxyHeaderWriter.MaxTextLength];
        int length = ProxyHeaderWriter.WriteV1(buffer, client, server);

        ProxyHeaderReader.Read(buffer.AsSpan(0, length), out ProxyHeader header, out _).ShouldBe(ParseStatus.Done);

        header.Length.ShouldBe(length);
        Meaning(header.Source).ShouldBe(Meaning(client));
        Meaning(header.Destination).ShouldBe(Meaning(server));
    });

    [Fact]
    public void V2_WrittenAndRead_IsTheSame() =>
        Gen.Select(Endpoint, Endpoint, Gen.Enum<ProxyTransport>(), Value.Array[6], Gen.Bool, Gen.Select(Gen.Bool, Gen.Byte, Gen.UInt))
            .Sample((client, server, transport, values, hasChecksum, ssl) =>
            {
                (bool hasSsl, byte flags, uint verify) = ssl;
                byte[] buffer = new byte[ProxyHeaderWriter.MaxLength];
                int length = ProxyHeaderWriter.WriteV2(buffer, transport, client, server, new ProxyOutgoingTlvs
                {
                    Alpn = values[0],
                    Authority = values[1],
                    UniqueId = values[2],
                    HasSsl = hasSsl,
                    SslClientFlags = flags,
                    SslVerify = verify,
                    SslVersion = values[3],
                    SslCommonName = values[4],
                    SslCipher = values[5],
                    HasChecksum = hasChecksum,
                });

                ProxyHeaderReader.Read(buffer.AsSpan(0, length), out ProxyHeader header, out _).ShouldBe(ParseStatus.Done);

                header.Length.ShouldBe(length);
                header.Transport.ShouldBe(transport);
                if (transport != ProxyTransport.Unspecified)
                {
                    ProxyTlvs tlvs = header.Tlvs;
                    Meaning(header.Source).ShouldBe(Meaning(client));
                    Meaning(header.Destination).ShouldBe(Meaning(server));
                    tlvs.Skipped.ShouldBe(0);
                    tlvs.HasChecksum.ShouldBe(hasChecksum);
                    tlvs.Ssl.IsPresent.ShouldBe(hasSsl);
                    Slice[] read = [tlvs.Alpn, tlvs.Authority, tlvs.UniqueId, tlvs.Ssl.Version, tlvs.Ssl.CommonName, tlvs.Ssl.Cipher];
                    read[..3].Select(x => x.Of(buffer).ToArray()).ShouldBe(values[..3]);
                    if (hasSsl)
                    {
                        read.Select(x => x.Of(buffer).ToArray()).ShouldBe(values);
                        tlvs.Ssl.ClientFlags.ShouldBe((byte)(flags | ProxySsl.OverTls));
                        tlvs.Ssl.Verify.ShouldBe(verify);
                    }
                }
            });

    [Fact]
    public void V2Unix_WrittenAndRead_IsTheSame() =>
        Gen.Select(Gen.Byte[1, 255].Array[0, 108], Gen.Byte[1, 255].Array[0, 108], Gen.Bool).Sample((client, server, hasChecksum) =>
        {
            byte[] buffer = new byte[ProxyHeaderWriter.MaxLength];
            ProxyOutgoingTlvs tlvs = new() { HasChecksum = hasChecksum };
            int length = ProxyHeaderWriter.WriteV2Unix(buffer, ProxyTransport.Datagram, client, server, tlvs);

            ProxyHeaderReader.Read(buffer.AsSpan(0, length), out ProxyHeader header, out _).ShouldBe(ParseStatus.Done);

            header.SourcePath.Of(buffer).ToArray().ShouldBe(client);
            header.DestinationPath.Of(buffer).ToArray().ShouldBe(server);
        });

    [Fact]
    public void IpAddressFormat_OfAnyAddress_MeansTheSame() => Endpoint.Sample(endpoint =>
    {
        byte[] text = new byte[IpAddressFormat.MaxLength];
        int length = IpAddressFormat.Write(endpoint.Ip, text);

        IPAddress.Parse(Bytes.Text(text.AsSpan(0, length))).GetAddressBytes().ShouldBe(endpoint.Ip.ToArray());
    });

    private static ProxyEndpoint Of(string ip, ushort port) => new(IPAddress.Parse(ip).GetAddressBytes(), port);

    private static (IPAddress Ip, ushort Port) Meaning(ProxyEndpoint endpoint) => (new IPAddress(endpoint.Ip).MapToIPv6(), endpoint.Port);
}
