using System.Net;
using Atlas.Core.Configuration;
using CsCheck;

namespace Atlas.Core.Tests.Configuration;

public sealed class IpNetworkTests
{
    [Theory]
    [InlineData("10.0.0.0/8", "10.255.255.255", true)]
    [InlineData("10.0.0.0/8", "11.0.0.0", false)]
    [InlineData("10.0.0.0/8", "::ffff:10.1.2.3", true)]
    [InlineData("10.0.0.0/8", "::a01:203", false)]
    [InlineData("0.0.0.0/0", "255.255.255.255", true)]
    [InlineData("0.0.0.0/0", "::1", false)]
    [InlineData("::/0", "2001:db8::1", true)]
    [InlineData("::/0", "10.0.0.1", false)]
    [InlineData("::/0", "::ffff:10.0.0.1", false)]
    [InlineData("::ffff:10.0.0.0/104", "10.1.2.3", true)]
    [InlineData("2001:db8::/32", "2001:db9::", false)]
    [InlineData("192.0.2.1", "192.0.2.1", true)]
    [InlineData("192.0.2.1", "192.0.2.2", false)]
    [InlineData("10.0.0.0/31", "10.0.0.1", true)]
    [InlineData("10.0.0.0/31", "10.0.0.2", false)]
    public void Contains_Address_IsByPrefix(string network, string address, bool isIn)
    {
        IpNetwork.TryParse(network, out var parsed).ShouldBeTrue();

        parsed.Contains(IPAddress.Parse(address)).ShouldBe(isIn);
    }

    [Theory]
    [InlineData("10.0.0.1/8")]
    [InlineData("10.0.0.0/33")]
    [InlineData("10.0.0.0/")]
    [InlineData("10.0.0.0/-1")]
    [InlineData("10/8")]
    [InlineData("010.0.0.0/8")]
    [InlineData("::/129")]
    [InlineData("2001:db8::1/32")]
    [InlineData("::ffff:0.0.0.0/95")]
    [InlineData("fe80::1%eth0")]
    [InlineData("")]
    [InlineData("all")]
    public void TryParse_Invalid_IsRefused(string text) => IpNetwork.TryParse(text, out _).ShouldBeFalse();

    [Fact]
    public void Contains_BytesOfNoAddress_IsFalse() => IpNetwork.Create(IPAddress.Any, 0).Contains([1, 2, 3]).ShouldBeFalse();

    [Fact]
    public void Create_AnyAddressAndLength_ContainsItAndReadsBack() => Gen.Select(Gen.Byte.Array[4], Gen.Int[0, 32]).Sample((bytes, length) =>
    {
        var network = IpNetwork.Create(new IPAddress(bytes), length);

        network.Contains(bytes).ShouldBeTrue();
        IpNetwork.TryParse(network.ToString(), out var again).ShouldBeTrue();
        again.ShouldBe(network);
    });

    [Fact]
    public void Contains_AddressWithOneBitFlipped_IsByThatBit() =>
        Gen.Select(Gen.Byte.Array[16], Gen.Int[0, 128], Gen.Int[0, 127]).Sample((bytes, length, bit) =>
    {
        // No address that is mapped from IPv4.
        bytes[0] |= 0x20;
        var network = IpNetwork.Create(new IPAddress(bytes), length);
        byte[] flipped = [.. bytes];
        flipped[bit / 8] ^= (byte)(0x80 >> (bit % 8));

        network.Contains(flipped).ShouldBe(bit >= length);
    });
}
