using System.Net;
using Atlas.Protocols.Dns;

namespace Atlas.Protocols.Tests.Dns;

public sealed class DnsCookiesTests
{
    private const uint Now = 1_559_731_985;

    private static readonly byte[] Address = IPAddress.Parse("198.51.100.100").GetAddressBytes();

    private static readonly byte[] Client = Convert.FromHexString("2464C4ABCF10C957");

    // The secret of RFC 9018 A.1.
    private readonly DnsCookies _cookies = new(Convert.FromHexString("E5E973E5A6B2A43F48E7DC849E37BFCF"));

    [Fact]
    public void Hash_OfThePaper_IsTheSame()
    {
        // Appendix A of the paper: the key and the message count up from 0.
        byte[] key = [.. Enumerable.Range(0, 16).Select(i => (byte)i)];
        byte[] message = [.. Enumerable.Range(0, 15).Select(i => (byte)i)];

        SipHash.Hash(key, message).ShouldBe(0xA129CA6149BE45E5UL);
    }

    [Fact]
    public void Option_OfTheRfc_IsTheSame()
    {
        byte[] option = new byte[DnsCookies.OptionBytes];

        _cookies.WriteOption(Client, Address, Now, option);

        Convert.ToHexString(option).ShouldBe("000A" + "0018" + "2464C4ABCF10C957" + "010000005CF79F11" + "1F8130C3EEE29480");
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(3_600, true)]
    [InlineData(3_601, false)]
    [InlineData(-300, true)]
    [InlineData(-301, false)]
    public void Cookie_OfAnAge_IsKnownAsLongAsTheRfcSays(int age, bool isKnown) =>
        _cookies.IsKnown(Given(Now), Address, (uint)(Now + age)).ShouldBe(isKnown);

    [Fact]
    public void Cookie_GivenBeforeTheClockWrapsAround_IsKnownAfter() => _cookies.IsKnown(Given(uint.MaxValue), Address, 5).ShouldBeTrue();

    [Fact]
    public void Cookie_OfAnotherAddressOrSecretOrWithABitChanged_IsNotKnown()
    {
        byte[] cookie = Given(Now);
        _cookies.IsKnown(cookie, IPAddress.Parse("198.51.100.101").GetAddressBytes(), Now).ShouldBeFalse();
        new DnsCookies(new byte[DnsCookies.SecretBytes]).IsKnown(cookie, Address, Now).ShouldBeFalse();
        for (int bit = 0; bit < cookie.Length * 8; bit++)
        {
            cookie[bit / 8] ^= (byte)(1 << (bit % 8));
            _cookies.IsKnown(cookie, Address, Now).ShouldBeFalse($"bit {bit}");
            cookie[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        _cookies.IsKnown(cookie, Address, Now).ShouldBeTrue();
    }

    [Fact]
    public void Cookie_OfAnyLength_IsWellFormedOrNotKnown()
    {
        for (int length = 0; length <= 64; length++)
        {
            DnsCookies.IsWellFormed(new byte[length]).ShouldBe(length is 8 or (>= 16 and <= 40), $"{length} bytes");
            _cookies.IsKnown(new byte[length], Address, Now).ShouldBeFalse();
        }
    }

    private byte[] Given(uint seconds)
    {
        byte[] option = new byte[DnsCookies.OptionBytes];
        _cookies.WriteOption(Client, Address, seconds, option);
        return option[4..];
    }
}
