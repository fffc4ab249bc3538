using System.Net;
using Atlas.Core.Configuration;

namespace Atlas.Core.Tests.Configuration;

public sealed class InterfaceAddressTests
{
    [Theory]
    [InlineData("10.0.0.0", 24, "its network's own address")]
    [InlineData("10.0.0.255", 24, "its network's broadcast address")]
    [InlineData("10.0.0.255", 23, null)]
    [InlineData("10.0.1.0", 23, null)]
    [InlineData("10.0.1.255", 23, "its network's broadcast address")]
    [InlineData("10.0.0.4", 30, "its network's own address")]
    [InlineData("10.0.0.5", 30, null)]
    [InlineData("10.0.0.7", 30, "its network's broadcast address")]
    [InlineData("10.0.0.0", 31, null)]
    [InlineData("10.0.0.1", 31, null)]
    [InlineData("10.0.0.0", 32, null)]
    [InlineData("128.0.0.0", 1, "its network's own address")]
    [InlineData("2001:db8::", 64, "its network's address of any router")]
    [InlineData("2001:db8::1", 64, null)]
    [InlineData("2001:db8::ffff:ffff:ffff:ffff", 64, null)]
    [InlineData("2001:db8::4", 126, "its network's address of any router")]
    [InlineData("2001:db8::", 127, null)]
    [InlineData("2001:db8::", 128, null)]
    public void ReservedFor_AnAddress_SaysWhatNoHostCanHave(string address, int length, string? expected) =>
        new InterfaceAddress(IPAddress.Parse(address), length).ReservedFor.ShouldBe(expected);
}
