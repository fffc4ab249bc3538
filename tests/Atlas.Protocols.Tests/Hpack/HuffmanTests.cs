using Atlas.Protocols.Hpack;
using CsCheck;

namespace Atlas.Protocols.Tests.Hpack;

public sealed class HuffmanTests
{
    [Fact]
    public void Code_AllLengths_FillTheCodeSpace()
    {
        long sum = 1L << (30 - HuffmanCode.MaxBits);
        foreach (byte length in HuffmanCode.Lengths)
        {
            sum += 1L << (HuffmanCode.MaxBits - length);
        }

        HuffmanCode.Lengths.Length.ShouldBe(256);
        sum.ShouldBe(1L << HuffmanCode.MaxBits);
    }

    // RFC 7541 Appendix B, one of each length.
    [Theory]
    [InlineData('t', 0x9, 5)]
    [InlineData('u', 0x2d, 6)]
    [InlineData('z', 0x7b, 7)]
    [InlineData('Z', 0xfd, 8)]
    [InlineData('?', 0x3fc, 10)]
    [InlineData('|', 0x7fc, 11)]
    [InlineData('>', 0xffb, 12)]
    [InlineData('~', 0x1ffd, 13)]
    [InlineData('}', 0x3ffd, 14)]
    [InlineData('{', 0x7ffe, 15)]
    [InlineData(208, 0x7fff2, 19)]
    [InlineData(226, 0xfffed, 20)]
    [InlineData(230, 0x1fffe8, 21)]
    [InlineData(233, 0x3fffeb, 22)]
    [InlineData(239, 0x7ffff4, 23)]
    [InlineData(237, 0xfffff5, 24)]
    [InlineData(235, 0x1ffffef, 25)]
    [InlineData(255, 0x3ffffee, 26)]
    [InlineData(254, 0x7fffff0, 27)]
    [InlineData(249, 0xffffffe, 28)]
    [InlineData(22, 0x3ffffffe, 30)]
    [InlineData(256, 0x3fffffff, 30)]
    public void Code_Symbol_IsThatOfTheRfc(int symbol, uint code, int length)
    {
        HuffmanCode.Codes[symbol].ShouldBe(code);
        (symbol == 256 ? 30 : HuffmanCode.Lengths[symbol]).ShouldBe(length);
    }

    [Fact]
    public void Text_EncodedAndDecoded_IsTheSame() =>
        Gen.OneOf(Gen.Byte.Array[0, 300], Gen.Byte[32, 126].Array[0, 300]).Sample(text =>
        {
            byte[] encoded = Encode(text);
            byte[] decoded = new byte[HuffmanDecoder.MaxDecodedLength(encoded.Length)];

            int length = HuffmanDecoder.Decode(encoded, decoded);

            decoded[..Math.Max(length, 0)].ShouldBe(text);
        });

    [Fact]
    public void Decode_DestinationTooShort_CountsAndLeavesOut()
    {
        byte[] encoded = Encode(Bytes.Of("www.example.com"));
        byte[] decoded = new byte[4];

        HuffmanDecoder.Decode(encoded, decoded).ShouldBe(15);

        Bytes.Text(decoded).ShouldBe("www.");
    }

    // RFC 7541 5.2.
    [Theory]
    [InlineData("", 0)]
    [InlineData("1f", 1)] // "a" and three ones
    [InlineData("18", -1)] // "a" and three zeros
    [InlineData("1e", -1)] // "a", two ones and a zero
    [InlineData("ff", -1)] // eight ones
    [InlineData("1fff", -1)] // "a" and eleven ones
    [InlineData("fb", 1)] // ";" and no padding
    [InlineData("ffffffff", -1)] // the end of the string and two ones
    [InlineData("ffffffffffffffffffff", -1)] // nothing but ones
    [InlineData("1ffffffffe", -1)] // "a", the end of the string, ones and a zero
    public void Decode_PaddingAndEndOfString_AreAsTheRfcHasThem(string hex, int length) =>
        HuffmanDecoder.Decode(Blocks.Hex(hex), new byte[16]).ShouldBe(length);

    [Fact]
    public void Decode_RandomBytes_NeverThrowsNorWritesTooMuch() =>
        Gen.Byte.Array[0, 64].Sample(bytes =>
        {
            int length = HuffmanDecoder.Decode(bytes, new byte[8]);

            length.ShouldBeInRange(-1, HuffmanDecoder.MaxDecodedLength(bytes.Length));
        });

    private static byte[] Encode(byte[] text)
    {
        byte[] encoded = new byte[HuffmanEncoder.EncodedLength(text)];
        HuffmanEncoder.Encode(text, encoded);
        return encoded;
    }
}
