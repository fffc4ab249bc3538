using System.Net;
using Atlas.Protocols.Http1;
using Atlas.Protocols.ProxyProtocol;

namespace Atlas.Protocols.Tests.ProxyProtocol;

/// <summary>Version 1, after chapter 2.1 of the protocol.</summary>
public sealed class TextHeaderTests
{
    [Theory]
    [InlineData("PROXY TCP4 192.0.2.1 198.51.100.7 56324 443\r\n", "192.0.2.1", 56324, "198.51.100.7", 443)]
    [InlineData("PROXY TCP4 0.0.0.0 255.255.255.255 0 65535\r\n", "0.0.0.0", 0, "255.255.255.255", 65535)]
    [InlineData("PROXY TCP6 2001:db8::1 ::1 1 2\r\n", "2001:db8::1", 1, "::1", 2)]
    [InlineData("PROXY TCP6 :: 2001:DB8:0:0:0:0:0:F 9 10\r\n", "::", 9, "2001:db8::f", 10)]
    [InlineData("PROXY TCP6 ::ffff:192.0.2.1 ::ffff:c000:202 9 10\r\n", "::ffff:192.0.2.1", 9, "::ffff:192.0.2.2", 10)]
    [InlineData(
        "PROXY TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n",
        "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        65535,
        "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        65535)]
    public void Line_OfTheProtocol_IsRead(string text, string source, int sourcePort, string destination, int destinationPort)
    {
        ProxyHeader header = ProxyHeaders.Accept(text);

        header.Version.ShouldBe(1);
        header.Length.ShouldBe(text.Length);
        header.IsLocal.ShouldBeFalse();
        header.Transport.ShouldBe(ProxyTransport.Stream);
        header.Family.ShouldBe(source.Contains(':', StringComparison.Ordinal) ? ProxyFamily.Ipv6 : ProxyFamily.Ipv4);
        header.Source.Ip.ToArray().ShouldBe(IPAddress.Parse(source).GetAddressBytes());
        header.Source.Port.ShouldBe((ushort)sourcePort);
        header.Destination.Ip.ToArray().ShouldBe(IPAddress.Parse(destination).GetAddressBytes());
        header.Destination.Port.ShouldBe((ushort)destinationPort);
    }

    [Theory]
    [InlineData("PROXY UNKNOWN\r\n")]
    [InlineData("PROXY UNKNOWN \r\n")]
    [InlineData("PROXY UNKNOWN 192.0.2.999 what ever  65536\r\n")]
    [InlineData("PROXY UNKNOWN ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n")]
    public void Unknown_WithAnythingBehind_HasNoAddresses(string text)
    {
        ProxyHeader header = ProxyHeaders.Accept(text);

        header.Length.ShouldBe(text.Length);
        header.Family.ShouldBe(ProxyFamily.None);
        header.Transport.ShouldBe(ProxyTransport.Unspecified);
        header.Source.IsEmpty.ShouldBeTrue();
    }

    [Theory]
    [InlineData("PROXY UNKNOWN\r\nGET / HTTP/1.1\r\n\r\n", 15)]
    [InlineData("PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n\r\n", 36)]
    [InlineData("PROXY UNKNOWN\r\nPROXY UNKNOWN\r\n", 15)]
    public void Line_WithBytesBehind_EndsWhereItEnds(string text, int length) => ProxyHeaders.Accept(text).Length.ShouldBe(length);

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n", ProxyHeaderError.NotProxyHeader)]
    [InlineData("\n", ProxyHeaderError.NotProxyHeader)]
    [InlineData("\0", ProxyHeaderError.NotProxyHeader)]
    [InlineData("\x16\x03\x01", ProxyHeaderError.NotProxyHeader)]
    [InlineData("proxy TCP4 192.0.2.1 192.0.2.2 1 2\r\n", ProxyHeaderError.NotProxyHeader)]
    [InlineData("PROXY\tTCP4", ProxyHeaderError.NotProxyHeader)]
    [InlineData(" PROXY", ProxyHeaderError.NotProxyHeader)]
    [InlineData("PROXX", ProxyHeaderError.NotProxyHeader)]
    [InlineData("PROXY \r\n", ProxyHeaderError.UnknownProtocol)]
    [InlineData("PROXY  TCP4 192.0.2.1 192.0.2.2 1 2\r\n", ProxyHeaderError.UnknownProtocol)]
    [InlineData("PROXY TCP5 192.0.2.1 192.0.2.2 1 2\r\n", ProxyHeaderError.UnknownProtocol)]
    [InlineData("PROXY tcp4 192.0.2.1 192.0.2.2 1 2\r\n", ProxyHeaderError.UnknownProtocol)]
    [InlineData("PROXY UDP4 192.0.2.1 192.0.2.2 1 2\r\n", ProxyHeaderError.UnknownProtocol)]
    [InlineData("PROXY UNKNOWN4\r\n", ProxyHeaderError.UnknownProtocol)]
    [InlineData("PROXY unknown\r\n", ProxyHeaderError.UnknownProtocol)]
    [InlineData("PROXY TCP4\r\n", ProxyHeaderError.InvalidFieldCount)]
    [InlineData("PROXY TCP4 192.0.2.1 192.0.2.2 1\r\n", ProxyHeaderError.InvalidFieldCount)]
    [InlineData("PROXY TCP4 192.0.2.1 192.0.2.2 1 2 \r\n", ProxyHeaderError.InvalidFieldCount)]
    [InlineData("PROXY TCP4 192.0.2.1  192.0.2.2 1 2\r\n", ProxyHeaderError.InvalidFieldCount)]
    [InlineData("PROXY TCP4 192.0.2.1 192.0.2.2 1 2 3\r\n", ProxyHeaderError.InvalidFieldCount)]
    [InlineData("PROXY TCP4 192.0.2.999 192.0.2.2 1 2\r\n", ProxyHeaderError.InvalidAddress)]
    [InlineData("PROXY TCP4 192.0.2.01 192.0.2.2 1 2\r\n", ProxyHeaderError.InvalidAddress)]
    [InlineData("PROXY TCP4 192.0.2 192.0.2.2 1 2\r\n", ProxyHeaderError.InvalidAddress)]
    [InlineData("PROXY TCP4 192.0.2.1. 192.0.2.2 1 2\r\n", ProxyHeaderError.InvalidAddress)]
    [InlineData("PROXY TCP4 0xC0.0.2.1 192.0.2.2 1 2\r\n", ProxyHeaderError.InvalidAddress)]
    [InlineData("PROXY TCP4 192.0.2.1 ::1 1 2\r\n", ProxyHeaderError.InvalidAddress)]
    [InlineData("PROXY TCP4 192.0.2.1\t192.0.2.2 1 2 3\r\n", ProxyHeaderError.InvalidAddress)]
    [InlineData("PROXY TCP6 192.0.2.1 ::1 1 2\r\n", ProxyHeaderError.InvalidAddress)]
    [InlineData("PROXY TCP6 ::1%eth0 ::1 1 2\r\n", ProxyHeaderError.InvalidAddress)]
    [InlineData("PROXY TCP6 [::1] ::1 1 2\r\n", ProxyHeaderError.InvalidAddress)]
    [InlineData("PROXY TCP6 1::2::3 ::1 1 2\r\n", ProxyHeaderError.InvalidAddress)]
    [InlineData("PROXY TCP6 1:2:3:4:5:6:7 ::1 1 2\r\n", ProxyHeaderError.InvalidAddress)]
    [InlineData("PROXY TCP6 00001::1 ::1 1 2\r\n", ProxyHeaderError.InvalidAddress)]
    [InlineData("PROXY TCP4 192.0.2.1 192.0.2.2 65536 2\r\n", ProxyHeaderError.InvalidPort)]
    [InlineData("PROXY TCP4 192.0.2.1 192.0.2.2 01 2\r\n", ProxyHeaderError.InvalidPort)]
    [InlineData("PROXY TCP4 192.0.2.1 192.0.2.2 1 00\r\n", ProxyHeaderError.InvalidPort)]
    [InlineData("PROXY TCP4 192.0.2.1 192.0.2.2 +1 2\r\n", ProxyHeaderError.InvalidPort)]
    [InlineData("PROXY TCP4 192.0.2.1 192.0.2.2 1 -2\r\n", ProxyHeaderError.InvalidPort)]
    [InlineData("PROXY TCP4 192.0.2.1 192.0.2.2 1 2x\r\n", ProxyHeaderError.InvalidPort)]
    [InlineData("PROXY TCP4 192.0.2.1 192.0.2.2 1 100000\r\n", ProxyHeaderError.InvalidPort)]
    [InlineData("PROXY TCP4 192.0.2.1 192.0.2.2 1 \r\n", ProxyHeaderError.InvalidPort)]
    [InlineData("PROXY TCP4 192.0.2.1 192.0.2.2 1 2\n", ProxyHeaderError.InvalidLineEnd)]
    [InlineData("PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\r\n", ProxyHeaderError.InvalidLineEnd)]
    [InlineData("PROXY UNKNOWN a\rb\r\n", ProxyHeaderError.InvalidLineEnd)]
    [InlineData("PROXY \n", ProxyHeaderError.InvalidLineEnd)]
    public void Line_OfAnotherForm_IsRefused(string text, ProxyHeaderError error) =>
        ProxyHeaders.Refuse(Bytes.Of(text)).ShouldBe(error);

    [Fact]
    public void Line_OfExactly107Bytes_IsReadAndOneMoreIsNot()
    {
        ProxyHeaders.Accept("PROXY UNKNOWN ".PadRight(105, 'x') + "\r\n").Length.ShouldBe(107);

        ProxyHeaders.Refuse(Bytes.Of("PROXY UNKNOWN ".PadRight(106, 'x') + "\r\n")).ShouldBe(ProxyHeaderError.TooLong);
        ProxyHeaders.Refuse(Bytes.Of("PROXY UNKNOWN ".PadRight(107, 'x'))).ShouldBe(ProxyHeaderError.TooLong);
    }

    [Fact]
    public void Line_WithoutItsLf_NeedsMore()
    {
        ProxyHeaders.Read(Bytes.Of("PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r")).Status.ShouldBe(ParseStatus.NeedMore);
        ProxyHeaders.Read([]).Status.ShouldBe(ParseStatus.NeedMore);
    }
}
