using Atlas.Protocols.Dns;

namespace Atlas.Protocols.Tests.Dns;

public sealed class DnsNameTests
{
    private static readonly string Label63 = new('a', 63);

    // 3 * 64 + 62 characters: 255 bytes on the wire.
    private static readonly string Longest = $"{Label63}.{Label63}.{Label63}.{new string('b', 61)}";

    [Theory]
    [InlineData("a", "\u0001a\0")]
    [InlineData("api.internal", "\u0003api\u0008internal\0")]
    [InlineData("api.internal.", "\u0003api\u0008internal\0")]
    [InlineData("_http._tcp.a-b", "\u0005_http\u0004_tcp\u0003a-b\0")]
    [InlineData(".", "\0")]
    public void Name_Parsed_IsWireForm(string text, string wire) => Bytes.Text(Names.Of(text).Wire).ShouldBe(wire);

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData(".a")]
    [InlineData("a..b")]
    [InlineData("a b")]
    [InlineData("a\\.b")]
    [InlineData("ä.example")]
    public void Name_NoHostName_IsRefused(string text) => DnsName.TryParse(text, out _).ShouldBeFalse();

    [Fact]
    public void Name_AtItsLimits_IsTakenAndNothingPastThem()
    {
        DnsName.TryParse(Label63, out _).ShouldBeTrue();
        DnsName.TryParse(Label63 + "a", out _).ShouldBeFalse();
        Names.Of(Longest).Wire.Length.ShouldBe(DnsLimits.NameBytes);
        Names.Of(Longest + ".").Wire.Length.ShouldBe(DnsLimits.NameBytes);
        DnsName.TryParse(Longest + "b", out _).ShouldBeFalse();
    }

    [Fact]
    public void Name_OfOtherCase_IsEqual()
    {
        Names.Of("API.Internal").ShouldBe(Names.Of("api.internal"));
        Names.Of("API.Internal").GetHashCode().ShouldBe(Names.Of("api.internal").GetHashCode());
        Names.Of("api.internal").ShouldNotBe(Names.Of("api.internals"));
        Names.Of("a_b").ShouldNotBe(Names.Of("a-b"));
    }

    [Fact]
    public void Name_WithAnyBytes_IsWrittenWithEscapes()
    {
        byte[] message = new byte[12 + 9];
        Bytes.Of("\u0007a.b\\\0 \xFF\0").CopyTo(message, 12);
        int offset = 12;

        DnsNameReader.TryRead(message, ref offset, out DnsName name).ShouldBeTrue();

        offset.ShouldBe(message.Length);
        name.ToString().ShouldBe(@"a\.b\\\000\032\255");
        DnsName.Root.ToString().ShouldBe(".");
    }

    [Theory]
    [InlineData("\u0001a\xC0\x0C", 12, "a pointer to the name itself")]
    [InlineData("\xC0\x0C", 12, "a pointer to itself")]
    [InlineData("\xC0\x0E\u0001a\0", 12, "a pointer forwards")]
    [InlineData("\xC0\x0E\xC0\x0C", 14, "a loop of two")]
    [InlineData("\xC0\x00", 12, "a pointer into the header")]
    [InlineData("\xC0", 12, "half a pointer")]
    [InlineData("\u0040", 12, "a label of a reserved kind")]
    [InlineData("\x80\u0001", 12, "a label of a reserved kind")]
    [InlineData("\u0003ab", 12, "a label that is cut")]
    [InlineData("\u0002ab", 12, "no end")]
    [InlineData("", 12, "nothing")]
    public void Reader_MalformedName_IsRefused(string text, int offset, string what)
    {
        byte[] message = [.. new byte[12], .. Bytes.Of(text)];

        DnsNameReader.TryRead(message, ref offset, out DnsName _).ShouldBeFalse(what);
    }

    [Fact]
    public void Reader_NameOf255Bytes_IsTakenAnd256Refused()
    {
        byte[] longest = [.. new byte[12], .. Names.Of(Longest).Wire];
        int offset = 12;
        DnsNameReader.TryRead(longest, ref offset, out DnsName name).ShouldBeTrue();
        name.ToString().ShouldBe(Longest);

        // One label before a pointer to it.
        byte[] longer = [.. longest, 1, (byte)'x', 0xC0, 12];
        offset = longest.Length;
        DnsNameReader.TryRead(longer, ref offset, out DnsName _).ShouldBeFalse();
    }

    [Fact]
    public void Reader_PointersToPointers_EndAtTheirBound()
    {
        // 12: the root. Then pointers, each to the one before.
        var message = new List<byte>(new byte[13]);
        for (int i = 0; i < 65; i++)
        {
            int target = i == 0 ? 12 : message.Count - 2;
            message.AddRange([(byte)(0xC0 | (target >> 8)), (byte)target]);
        }

        int offset = message.Count - 4;
        DnsNameReader.TryRead(message.ToArray(), ref offset, out DnsName _).ShouldBeTrue();
        offset = message.Count - 2;
        DnsNameReader.TryRead(message.ToArray(), ref offset, out DnsName _).ShouldBeFalse();
    }
}
