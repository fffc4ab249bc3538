using Atlas.Protocols.Http1;
using Atlas.Protocols.ProxyProtocol;

namespace Atlas.Protocols.Tests.ProxyProtocol;

/// <summary>Version 2, after chapter 2.2 of the protocol.</summary>
public sealed class BinaryHeaderTests
{
    private static readonly byte[] Ipv4 = [192, 0, 2, 1, 198, 51, 100, 7, 0xDC, 4, 1, 0xBB];

    private static readonly byte[] Ipv6 =
    [
        0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xDC, 4, 1, 0xBB,
    ];

    [Theory]
    [InlineData(0x11, ProxyTransport.Stream)]
    [InlineData(0x12, ProxyTransport.Datagram)]
    public void Ipv4_IsRead(byte family, ProxyTransport transport)
    {
        ProxyHeader header = ProxyHeaders.Accept([.. ProxyHeaders.Binary(0x21, family, Ipv4), 1, 2, 3]);

        header.Version.ShouldBe(2);
        header.Length.ShouldBe(28);
        header.Family.ShouldBe(ProxyFamily.Ipv4);
        header.Transport.ShouldBe(transport);
        header.Source.ShouldBe(new ProxyEndpoint(Ipv4.AsSpan(0, 4), 56324));
        header.Destination.ShouldBe(new ProxyEndpoint(Ipv4.AsSpan(4, 4), 443));
    }

    [Theory]
    [InlineData(0x21, ProxyTransport.Stream)]
    [InlineData(0x22, ProxyTransport.Datagram)]
    public void Ipv6_IsRead(byte family, ProxyTransport transport)
    {
        ProxyHeader header = ProxyHeaders.Accept(ProxyHeaders.Binary(0x21, family, Ipv6));

        header.Family.ShouldBe(ProxyFamily.Ipv6);
        header.Transport.ShouldBe(transport);
        header.Source.ShouldBe(new ProxyEndpoint(Ipv6.AsSpan(0, 16), 56324));
        header.Destination.ShouldBe(new ProxyEndpoint(Ipv6.AsSpan(16, 16), 443));
    }

    [Theory]
    [InlineData(0x31, ProxyTransport.Stream)]
    [InlineData(0x32, ProxyTransport.Datagram)]
    public void Unix_HasPathsUpToTheirFirstNul(byte family, ProxyTransport transport)
    {
        byte[] paths = new byte[216];
        Bytes.Of("/run/a\0b").CopyTo(paths, 0);
        paths.AsSpan(108).Fill((byte)'x');
        byte[] bytes = ProxyHeaders.Binary(0x21, family, paths);

        ProxyHeader header = ProxyHeaders.Accept(bytes);

        header.Family.ShouldBe(ProxyFamily.Unix);
        header.Transport.ShouldBe(transport);
        header.Source.IsEmpty.ShouldBeTrue();
        Bytes.Text(header.SourcePath.Of(bytes)).ShouldBe("/run/a");
        Bytes.Text(header.DestinationPath.Of(bytes)).ShouldBe(new string('x', 108));
    }

    [Fact]
    public void Local_WithAnyContent_HasNoAddresses()
    {
        foreach (byte family in (byte[])[0x00, 0x11, 0x21, 0x31, 0x44, 0xFF])
        {
            ProxyHeader header = ProxyHeaders.Accept(ProxyHeaders.Binary(0x20, family, 3, 0, 99, 1));

            header.IsLocal.ShouldBeTrue();
            header.Length.ShouldBe(20);
            header.Family.ShouldBe(ProxyFamily.None);
            header.Source.IsEmpty.ShouldBeTrue();
        }

        ProxyHeaders.Accept(ProxyHeaders.Binary(0x20, 0)).Length.ShouldBe(16);
    }

    [Fact]
    public void Unspecified_WithAnyContent_HasNoAddresses()
    {
        ProxyHeader header = ProxyHeaders.Accept(ProxyHeaders.Binary(0x21, 0, 3, 0, 99, 1));

        header.IsLocal.ShouldBeFalse();
        header.Length.ShouldBe(20);
        header.Family.ShouldBe(ProxyFamily.None);
    }

    [Fact]
    public void Version_OtherThanTwo_IsRefused()
    {
        foreach (byte command in (byte[])[0x00, 0x01, 0x10, 0x11, 0x30, 0x31, 0xF1])
        {
            ProxyHeaders.Refuse(ProxyHeaders.Binary(command, 0x11, Ipv4)).ShouldBe(ProxyHeaderError.UnknownVersion);
        }
    }

    [Fact]
    public void Command_OtherThanLocalAndProxy_IsRefused()
    {
        for (int command = 2; command < 16; command++)
        {
            ProxyHeaders.Refuse(ProxyHeaders.Binary((byte)(0x20 | command), 0x11, Ipv4)).ShouldBe(ProxyHeaderError.UnknownCommand);
        }
    }

    [Fact]
    public void FamilyAndTransport_OtherThanTheSevenOfTheProtocol_AreRefused()
    {
        byte[] known = [0x00, 0x11, 0x12, 0x21, 0x22, 0x31, 0x32];
        for (int family = 0; family < 256; family++)
        {
            byte[] bytes = ProxyHeaders.Binary(0x21, (byte)family, new byte[216]);
            ParseStatus expected = known.Contains((byte)family) ? ParseStatus.Done : ParseStatus.Error;

            ProxyHeaderReader.Read(bytes, out _, out ProxyHeaderError error).ShouldBe(expected, $"family {family:X2}");

            error.ShouldBe(expected == ParseStatus.Done ? ProxyHeaderError.None : ProxyHeaderError.UnknownFamily);
        }
    }

    [Theory]
    [InlineData(0x11, 11)]
    [InlineData(0x12, 0)]
    [InlineData(0x21, 35)]
    [InlineData(0x22, 12)]
    [InlineData(0x31, 215)]
    [InlineData(0x32, 36)]
    public void Length_BelowTheAddresses_IsRefused(byte family, int length) =>
        ProxyHeaders.Refuse(ProxyHeaders.Binary(0x21, family, new byte[length])).ShouldBe(ProxyHeaderError.TooShort);

    [Fact]
    public void Length_AtTheLimit_IsReadAndOneMoreIsNot()
    {
        byte[] noop = ProxyHeaders.Tlv(4, new byte[ProxyHeaderReader.MaxLength - 28 - 3]);
        byte[] bytes = ProxyHeaders.WithTlvs(noop);
        ProxyHeaderReader.Read(bytes, out ProxyHeader header, out _).ShouldBe(ParseStatus.Done);
        header.Length.ShouldBe(ProxyHeaderReader.MaxLength);

        // Refused by its length alone.
        byte[] longer = ProxyHeaders.WithTlvs([.. noop, 0]);
        ProxyHeaderReader.Read(longer.AsSpan(0, 16), out _, out ProxyHeaderError error).ShouldBe(ParseStatus.Error);
        error.ShouldBe(ProxyHeaderError.TooLong);
        ProxyHeaderReader.Read(ProxyHeaders.Binary(0x20, 0, new byte[4081]), out _, out error).ShouldBe(ParseStatus.Error);
        error.ShouldBe(ProxyHeaderError.TooLong);
    }

    [Fact]
    public void Signature_WithOneOtherByte_IsNoHeader()
    {
        for (int i = 0; i < ProxyHeaders.Signature.Length; i++)
        {
            byte[] bytes = ProxyHeaders.Binary(0x21, 0x11, Ipv4);
            bytes[i] ^= 1;

            ProxyHeaders.Refuse(bytes[..(i + 1)]).ShouldBe(ProxyHeaderError.NotProxyHeader);
            ProxyHeaders.Refuse(bytes).ShouldBe(ProxyHeaderError.NotProxyHeader);
        }
    }

    [Fact]
    public void Header_WithoutItsLastByte_NeedsMore()
    {
        ProxyHeaders.Read(ProxyHeaders.Binary(0x21, 0x11, Ipv4)[..^1]).Status.ShouldBe(ParseStatus.NeedMore);
        ProxyHeaders.Read(ProxyHeaders.Binary(0x20, 0)[..^1]).Status.ShouldBe(ParseStatus.NeedMore);
    }
}
