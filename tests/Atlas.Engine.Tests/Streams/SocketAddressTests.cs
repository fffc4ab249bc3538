using System.Net;

namespace Atlas.Engine.Tests.Streams;

public sealed class SocketAddressTests
{
    [Theory]
    [InlineData("192.0.2.1", 80, "192.0.2.1:80")]
    [InlineData("2001:db8::1", 443, "[2001:db8::1]:443")]
    [InlineData("::", 0, "[::]:0")]
    public void OfIp_AnyAddress_KeepsItsParts(string ip, int port, string text)
    {
        var address = SocketAddress.OfIp(IPAddress.Parse(ip), port);
        address.ToString().ShouldBe(text);
        address.Port.ShouldBe(port);
        address.Ip.ToArray().ShouldBe(IPAddress.Parse(ip).GetAddressBytes());
        address.IsUnix.ShouldBeFalse();
        SocketAddress.OfKernel(address.Bytes).ShouldBe(address);
        SocketAddress.OfKernel(address.Bytes).GetHashCode().ShouldBe(address.GetHashCode());
        address.ShouldNotBe(SocketAddress.OfIp(IPAddress.Parse(ip), port + 1));
    }

    [Fact]
    public void Ip_MappedIntoIPv6_IsTheFourBytes() =>
        SocketAddress.OfIp(IPAddress.Parse("::ffff:192.0.2.1"), 1).Ip.ToArray().ShouldBe([192, 0, 2, 1]);

    [Fact]
    public void OfUnixPath_TheLongestPath_FitsAndOneMoreDoesNot()
    {
        string longest = "/" + new string('x', SocketAddress.MaxUnixPath - 1);
        var address = SocketAddress.OfUnixPath(longest);
        address.UnixPath.ShouldBe(longest);
        address.ToString().ShouldBe("unix:" + longest);
        address.Port.ShouldBe(0);
        address.Ip.Length.ShouldBe(0);
        address.Bytes.Length.ShouldBe(SocketAddress.MaxLength);
        Should.Throw<ArgumentOutOfRangeException>(() => SocketAddress.OfUnixPath(longest + "x"));
        Should.Throw<ArgumentOutOfRangeException>(() => SocketAddress.OfUnixPath(""));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(65_536)]
    public void OfIp_NoPort_Throws(int port) =>
        Should.Throw<ArgumentOutOfRangeException>(() => SocketAddress.OfIp(IPAddress.Loopback, port));
}
