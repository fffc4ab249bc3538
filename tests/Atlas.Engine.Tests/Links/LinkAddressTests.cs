using Atlas.Engine.Links;

namespace Atlas.Engine.Tests.Links;

public sealed class LinkAddressTests
{
    [Theory]
    [InlineData("0.0.0.0", 4, false, false)]
    [InlineData("192.0.2.1", 4, false, false)]
    [InlineData("223.255.255.255", 4, false, false)]
    [InlineData("224.0.0.18", 4, true, false)]
    [InlineData("239.255.255.255", 4, true, false)]
    [InlineData("240.0.0.0", 4, false, false)]
    [InlineData("::", 16, false, false)]
    [InlineData("2001:db8::1", 16, false, false)]
    [InlineData("fe7f::1", 16, false, false)]
    [InlineData("fe80::1", 16, false, true)]
    [InlineData("febf::1", 16, false, true)]
    [InlineData("fec0::1", 16, false, false)]
    [InlineData("ff02::12", 16, true, false)]
    public void Of_AnAddress_IsWhatItIs(string text, int length, bool isMulticast, bool isLinkLocal)
    {
        LinkAddress address = Addresses.Of(text);
        address.IsNone.ShouldBeFalse();
        address.Length.ShouldBe(length);
        address.IsIpv6.ShouldBe(length == LinkAddress.MaxLength);
        address.IsMulticast.ShouldBe(isMulticast);
        address.IsLinkLocal.ShouldBe(isLinkLocal);
        address.ToString().ShouldBe(text);
        Span<byte> bytes = stackalloc byte[LinkAddress.MaxLength];
        LinkAddress.Of(bytes[..address.WriteTo(bytes)]).ShouldBe(address);
    }

    [Fact]
    public void Of_EveryOtherLength_IsNone()
    {
        for (int length = 0; length < 20; length++)
        {
            LinkAddress address = LinkAddress.Of(new byte[length]);
            address.IsNone.ShouldBe(length is not (4 or 16));
            address.Length.ShouldBe(address.IsNone ? 0 : length);
        }

        default(LinkAddress).ToString().ShouldBe("");
        default(LinkAddress).IsMulticast.ShouldBeFalse();
        default(LinkAddress).ToIPAddress().ShouldBeNull();
    }

    [Fact]
    public void Equals_TheSameBytesOfTheOtherFamily_Differ()
    {
        (Addresses.Of("0.0.0.0") == Addresses.Of("::")).ShouldBeFalse();
        (Addresses.Of("192.0.2.1") == Addresses.Of("192.0.2.1")).ShouldBeTrue();
        (Addresses.Of("fe80::1%3") == Addresses.Of("fe80::1")).ShouldBeTrue("the scope is left out");
        (Addresses.Of("fe80::1") != Addresses.Of("fe80::2")).ShouldBeTrue();
    }

    [Theory]
    [InlineData("fd88::1", "fd88::ffff:0:0:1", 64, true)]
    [InlineData("fd88::1", "fd88:0:0:1::1", 64, false)]
    [InlineData("fd88::1", "fd88:0:0:1::1", 63, true)]
    [InlineData("10.88.0.1", "10.88.0.129", 24, true)]
    [InlineData("10.88.0.1", "10.88.0.129", 25, false)]
    [InlineData("10.88.0.1", "10.88.0.1", 32, true)]
    [InlineData("10.88.0.1", "::", 0, false)]
    [InlineData("::", "8000::", 0, true)]
    public void SharesPrefix_OfTwo_LooksAtThoseBitsOnly(string one, string other, int bits, bool expected) =>
        Addresses.Of(one).SharesPrefix(Addresses.Of(other), bits).ShouldBe(expected);

    [Theory]
    [InlineData("000000000000", "00:00:00:00:00:00")]
    [InlineData("02005e100001", "02:00:5e:10:00:01")]
    [InlineData("ffffffffffff", "ff:ff:ff:ff:ff:ff")]
    public void HardwareAddress_SixBytes_AreKept(string hex, string text)
    {
        byte[] bytes = Convert.FromHexString(hex);
        HardwareAddress address = HardwareAddress.Of(bytes);
        address.IsNone.ShouldBeFalse();
        address.ToString().ShouldBe(text);
        byte[] written = new byte[HardwareAddress.Length];
        address.WriteTo(written);
        written.ShouldBe(bytes);
        (address == HardwareAddress.Of(written)).ShouldBeTrue();
    }

    [Fact]
    public void HardwareAddress_OfOtherHardware_IsNone()
    {
        HardwareAddress.Of(new byte[20]).IsNone.ShouldBeTrue();
        HardwareAddress.Of([]).ToString().ShouldBe("");
    }
}
