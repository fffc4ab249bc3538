using System.Net;
using Atlas.Engine.Datagrams;

namespace Atlas.Engine.Tests.Datagrams;

public sealed class DatagramAddressTests
{
    [Theory]
    [InlineData("192.0.2.1", 53, "192.0.2.1:53")]
    [InlineData("2001:db8::1", 65_535, "[2001:db8::1]:65535")]
    [InlineData("fe80::1%3", 1, "[fe80::1%3]:1")]
    [InlineData("::ffff:192.0.2.1", 53, "192.0.2.1:53")]
    public void Of_Address_IsThatAddress(string ip, int port, string text)
    {
        SocketAddress address = SocketAddress.OfIp(IPAddress.Parse(ip), port);
        var value = DatagramAddress.Of(address);
        value.ToString().ShouldBe(text);
        value.Port.ShouldBe(port);
        value.Equals(DatagramAddress.Of(address)).ShouldBeTrue();
        value.GetHashCode().ShouldBe(DatagramAddress.Of(address).GetHashCode());
        Span<byte> bytes = stackalloc byte[DatagramAddress.MaxIpLength];
        int length = value.WriteIp(bytes);
        bytes[..length].ToArray().ShouldBe(address.Ip.ToArray());
        value.IsNone.ShouldBeFalse();
        value.IsAny.ShouldBeFalse();
        value.IsLinkLocal.ShouldBe(ip.StartsWith("fe80", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("192.0.2.1", 53, "192.0.2.1", 54)]
    [InlineData("192.0.2.1", 53, "192.0.2.2", 53)]
    [InlineData("2001:db8::1", 53, "2001:db8:0:1::1", 53)]
    [InlineData("fe80::1%3", 53, "fe80::1%4", 53)]
    [InlineData("0.0.0.0", 53, "::", 53)]
    public void Equals_OfOthers_IsFalse(string ip, int port, string otherIp, int otherPort) =>
        DatagramAddress.Of(SocketAddress.OfIp(IPAddress.Parse(ip), port))
            .Equals(DatagramAddress.Of(SocketAddress.OfIp(IPAddress.Parse(otherIp), otherPort))).ShouldBeFalse();

    [Fact]
    public void Default_IsNoAddress()
    {
        DatagramAddress none = default;
        none.IsNone.ShouldBeTrue();
        none.ToString().ShouldBe("");
        none.WriteIp(stackalloc byte[DatagramAddress.MaxIpLength]).ShouldBe(0);
        none.Equals(DatagramAddress.Of(SocketAddress.OfIp(IPAddress.Any, 0))).ShouldBeFalse();
    }
}
