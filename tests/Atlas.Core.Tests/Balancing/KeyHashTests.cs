using System.Net;
using System.Text;
using Atlas.Core.Balancing;
using CsCheck;

namespace Atlas.Core.Tests.Balancing;

public sealed class KeyHashTests
{
    // Were one of these to change, nodes of two versions would send the same client to different servers.
    [Theory]
    [InlineData("", 2737086438018985838UL)]
    [InlineData("a", 8945102021422199614UL)]
    [InlineData("/images/logo.png", 13945457989989318613UL)]
    [InlineData("a key of more than thirty-two bytes, so that another part of the algorithm hashes it", 11745509966691647237UL)]
    public void Of_KnownKey_IsTheSameForEver(string key, ulong expected) =>
        KeyHash.Of(Encoding.ASCII.GetBytes(key)).ShouldBe(expected);

    [Theory]
    [InlineData("192.0.2.1", 11402878035696071294UL)]
    [InlineData("2001:db8::1", 17533410063348775531UL)]
    public void OfAddress_KnownAddress_IsTheSameForEver(string ip, ulong expected) =>
        KeyHash.OfAddress(IPAddress.Parse(ip).GetAddressBytes(), 64).ShouldBe(expected);

    [Fact]
    public void OfName_Text_IsHashedAsUtf8() => KeyHash.OfName("größe").ShouldBe(KeyHash.Of("größe"u8));

    [Theory]
    [InlineData("Example.COM", "example.com")]
    [InlineData("[2001:DB8::A]", "[2001:db8::a]")]
    [InlineData("@[`{", "@[`{")]
    public void OfLowered_AnyCase_IsTheHashOfTheLowerCase(string text, string lower) =>
        KeyHash.OfLowered(Encoding.ASCII.GetBytes(text)).ShouldBe(KeyHash.Of(Encoding.ASCII.GetBytes(lower)));

    [Fact]
    public void OfLowered_TextOverTheLimit_IsHashedUpToIt()
    {
        byte[] text = new byte[257];

        KeyHash.OfLowered(text).ShouldBe(KeyHash.Of(text.AsSpan(0, 256)));
    }

    [Theory]
    [InlineData("::ffff:192.0.2.1", "192.0.2.1", 128, true)]
    [InlineData("::ffff:192.0.2.1", "192.0.2.1", 64, true)]
    [InlineData("::ffff:192.0.2.1", "::ffff:192.0.2.2", 64, false)]
    [InlineData("192.0.2.1", "192.0.2.2", 64, false)]
    [InlineData("2001:db8::1", "2001:db8::2", 64, true)]
    [InlineData("2001:db8::1", "2001:db8::2", 128, false)]
    [InlineData("2001:db8::1", "2001:db8::2", 127, false)]
    [InlineData("2001:db8::2", "2001:db8::3", 127, true)]
    [InlineData("2001:db8:0:1::1", "2001:db8::1", 64, false)]
    [InlineData("2001:db8:0:1::1", "2001:db8::1", 63, true)]
    [InlineData("2001:db8:0:1::1", "2001:db8:0:ff::1", 56, true)]
    [InlineData("::1", "8000::", 0, true)]
    public void OfAddress_TwoAddresses_AreTheSameWithinThePrefix(string one, string other, int prefixBits, bool isSame)
    {
        ulong a = KeyHash.OfAddress(IPAddress.Parse(one).GetAddressBytes(), prefixBits);
        ulong b = KeyHash.OfAddress(IPAddress.Parse(other).GetAddressBytes(), prefixBits);

        (a == b).ShouldBe(isSame);
    }

    [Fact]
    public void Again_TurnsOfAKey_BeginWithTheKeyAndDiffer() => Gen.ULong.Sample(key =>
    {
        ulong[] turns = [.. Enumerable.Range(0, 16).Select(turn => KeyHash.Again(key, (uint)turn))];

        return turns[0] == key && turns.Distinct().Count() == turns.Length;
    });
}
