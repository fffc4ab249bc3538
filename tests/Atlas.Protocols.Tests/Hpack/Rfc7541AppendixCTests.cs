using Atlas.Protocols.Hpack;

namespace Atlas.Protocols.Tests.Hpack;

/// <summary>The examples of RFC 7541 Appendix C, with the content of the dynamic table after each.</summary>
public sealed class Rfc7541AppendixCTests
{
    private const string Get = ":method: GET\n:scheme: http\n:path: /\n:authority: www.example.com";
    private const string First302 =
        ":status: 302\ncache-control: private\ndate: Mon, 21 Oct 2013 20:13:21 GMT\nlocation: https://www.example.com";

    private const string Cookie = "foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1";

    private static readonly string[] Requests =
    [
        Get,
        Get + "\ncache-control: no-cache",
        ":method: GET\n:scheme: https\n:path: /index.html\n:authority: www.example.com\ncustom-key: custom-value",
    ];

    private static readonly string[] RequestTables =
    [
        "57\n:authority: www.example.com",
        "110\ncache-control: no-cache\n:authority: www.example.com",
        "164\ncustom-key: custom-value\ncache-control: no-cache\n:authority: www.example.com",
    ];

    private static readonly string[] Responses =
    [
        First302,
        First302.Replace("302", "307", StringComparison.Ordinal),
        ":status: 200\ncache-control: private\ndate: Mon, 21 Oct 2013 20:13:22 GMT\nlocation: https://www.example.com\n"
            + "content-encoding: gzip\nset-cookie: " + Cookie,
    ];

    private static readonly string[] ResponseTables =
    [
        "222\nlocation: https://www.example.com\ndate: Mon, 21 Oct 2013 20:13:21 GMT\ncache-control: private\n:status: 302",
        "222\n:status: 307\nlocation: https://www.example.com\ndate: Mon, 21 Oct 2013 20:13:21 GMT\ncache-control: private",
        "215\nset-cookie: " + Cookie + "\ncontent-encoding: gzip\ndate: Mon, 21 Oct 2013 20:13:22 GMT",
    ];

    [Theory]
    [InlineData(10, 5, "0a")] // C.1.1
    [InlineData(1337, 5, "1f9a0a")] // C.1.2
    [InlineData(42, 8, "2a")] // C.1.3
    public void C1_Integers_AreWrittenAndRead(int value, int prefix, string hex)
    {
        byte[] buffer = new byte[8];

        int length = HpackInteger.Write(buffer, 0, prefix, value);

        buffer[..length].ShouldBe(Blocks.Hex(hex));
        int position = 0;
        HpackInteger.Read(buffer, ref position, prefix, out int read).ShouldBe(HpackError.None);
        read.ShouldBe(value);
        position.ShouldBe(length);
    }

    [Theory]
    [InlineData("400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164 6572", "custom-key: custom-header", 55)] // C.2.1
    [InlineData("040c 2f73 616d 706c 652f 7061 7468", ":path: /sample/path", 0)] // C.2.2
    [InlineData("1008 7061 7373 776f 7264 0673 6563 7265 74", "password: secret", 0)] // C.2.3
    [InlineData("82", ":method: GET", 0)] // C.2.4
    public void C2_HeaderFieldRepresentations_AreDecoded(string hex, string lines, int tableSize)
    {
        HpackDecoder decoder = new();
        HpackFields fields = new();

        decoder.Decode(Blocks.Hex(hex), fields).ShouldBe(HpackError.None);

        Blocks.Lines(fields).ShouldBe(lines);
        decoder.TableSize.ShouldBe(tableSize);
        Blocks.Table(decoder).ShouldBe(tableSize == 0 ? "" : lines);
    }

    [Fact]
    public void C3_RequestsWithoutHuffmanCoding_AreDecoded() =>
        Check(
            "",
            Requests,
            RequestTables,
            "8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d",
            "8286 84be 5808 6e6f 2d63 6163 6865",
            "8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65");

    [Fact]
    public void C4_RequestsWithHuffmanCoding_AreDecoded() =>
        Check(
            "",
            Requests,
            RequestTables,
            "8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff",
            "8286 84be 5886 a8eb 1064 9cbf",
            "8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf");

    // The examples have a table of 256 bytes, which the block before them sets.
    [Fact]
    public void C5_ResponsesWithoutHuffmanCoding_AreDecoded() =>
        Check(
            "3fe101",
            Responses,
            ResponseTables,
            "4803 3330 3258 0770 7269 7661 7465 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3120 474d 546e "
                + "1768 7474 7073 3a2f 2f77 7777 2e65 7861 6d70 6c65 2e63 6f6d",
            "4803 3330 37c1 c0bf",
            "88c1 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3220 474d 54c0 5a04 677a 6970 7738 666f 6f3d "
                + "4153 444a 4b48 514b 425a 584f 5157 454f 5049 5541 5851 5745 4f49 553b 206d 6178 2d61 6765 3d33 3630 303b 2076 "
                + "6572 7369 6f6e 3d31");

    [Fact]
    public void C6_ResponsesWithHuffmanCoding_AreDecoded() =>
        Check(
            "3fe101",
            Responses,
            ResponseTables,
            "4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6 2d1b ff6e 919d 29ad 1718 63c7 8f0b "
                + "97c8 e9ae 82ae 43d3",
            "4883 640e ffc1 c0bf",
            "88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a 839b d9ab 77ad 94e7 821d d7f2 e6c7 b335 dfdf "
                + "cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5 291f 9587 3160 65c0 03ed 4ee5 b106 3d50 07");

    private static void Check(string before, string[] lists, string[] tables, params string[] blocks)
    {
        HpackDecoder decoder = new();
        HpackFields fields = new();
        decoder.Decode(Blocks.Hex(before), fields).ShouldBe(HpackError.None);
        for (int i = 0; i < blocks.Length; i++)
        {
            decoder.Decode(Blocks.Hex(blocks[i]), fields).ShouldBe(HpackError.None);

            Blocks.Lines(fields).ShouldBe(lists[i]);
            $"{decoder.TableSize}\n{Blocks.Table(decoder)}".ShouldBe(tables[i]);
        }
    }
}
