using Atlas.Protocols.Hpack;
using Atlas.Protocols.Http;
using CsCheck;

namespace Atlas.Protocols.Tests.Hpack;

public sealed class HpackDecoderTests
{
    private readonly HpackDecoder _decoder = new();
    private readonly HpackFields _fields = new();

    [Theory]
    [InlineData("80")] // 6.1: index 0
    [InlineData("be")] // 2.3.3: the first of an empty dynamic table
    [InlineData("ff80 01")] // far beyond
    [InlineData("7e00")] // a literal whose name is beyond
    [InlineData("0f2f 00")] // likewise, not indexed
    public void Index_BeyondTheTables_IsRefused(string hex) => Refused(hex, HpackError.InvalidIndex);

    [Theory]
    [InlineData("ff")]
    [InlineData("ff80")]
    [InlineData("40")]
    [InlineData("4001")]
    [InlineData("400161")]
    [InlineData("40016101")]
    [InlineData("4081")]
    [InlineData("41")]
    [InlineData("417f")]
    [InlineData("3f")]
    public void Block_ThatEndsWithinAField_IsRefused(string hex) => Refused(hex, HpackError.Truncated);

    // 5.1: what exceeds the limits of an implementation, in value or in length.
    [Theory]
    [InlineData("ffffffffff")]
    [InlineData("ff8080808001")]
    [InlineData("417fffffffff7f")]
    [InlineData("3fffffffff0f")]
    public void Number_TooLarge_IsRefused(string hex) => Refused(hex, HpackError.NumberTooLarge);

    [Fact]
    public void Number_WithIdleBytes_IsRead()
    {
        _decoder.Decode(Blocks.Hex("4001610162 3fe1"), _fields).ShouldBe(HpackError.LateTableSize);

        _decoder.Decode(Blocks.Hex("0f af80 8000 0163"), _fields).ShouldBe(HpackError.None);
        Blocks.Lines(_fields).ShouldBe("a: c");
    }

    [Theory]
    [InlineData("4181 ff")]
    [InlineData("4084 ffffffff 00")]
    [InlineData("4181 18")]
    public void HuffmanCode_Invalid_IsRefused(string hex) => Refused(hex, HpackError.InvalidHuffmanCode);

    // 4.2: at the beginning of a block.
    [Theory]
    [InlineData("8221")]
    [InlineData("4001610162 20")]
    [InlineData("0001610162 20")]
    public void TableSize_AfterAField_IsRefused(string hex) => Refused(hex, HpackError.LateTableSize);

    // 6.3: up to the limit.
    [Fact]
    public void TableSize_AtTheLimitAndAbove_IsTakenAndRefused()
    {
        _decoder.Decode(Blocks.Number(4096, 5, 0x20), _fields).ShouldBe(HpackError.None);

        _decoder.Decode(Blocks.Number(4097, 5, 0x20), _fields).ShouldBe(HpackError.TableSizeTooLarge);
    }

    // 4.3.
    [Fact]
    public void TableSize_Smaller_EvictsAndLargerDoesNotBringBack()
    {
        _decoder.Decode(Blocks.Hex("4001610162 4001630164"), _fields).ShouldBe(HpackError.None);
        Blocks.Table(_decoder).ShouldBe("c: d\na: b");

        _decoder.Decode(Blocks.Number(34, 5, 0x20), _fields).ShouldBe(HpackError.None);
        Blocks.Table(_decoder).ShouldBe("c: d");

        _decoder.Decode([.. Blocks.Number(0, 5, 0x20), .. Blocks.Number(4096, 5, 0x20)], _fields).ShouldBe(HpackError.None);
        _decoder.TableCount.ShouldBe(0);
    }

    // 4.4: an entry of the table's size fits, a larger one empties the table and is no error.
    [Fact]
    public void Entry_OfTheTablesSizeAndLarger_FitsAndEmpties()
    {
        string value = new('v', 4096 - 32 - 1);
        _decoder.Decode(Blocks.Literal("n", value, 0x40), _fields).ShouldBe(HpackError.None);
        _decoder.TableSize.ShouldBe(4096);
        Blocks.Table(_decoder).ShouldBe($"n: {value}");

        _decoder.Decode(Blocks.Literal("n", value + "v", 0x40), _fields).ShouldBe(HpackError.None);
        _decoder.TableCount.ShouldBe(0);
        Blocks.Lines(_fields).ShouldBe($"n: {value}v");
    }

    // 4.4: the name of an entry that is driven out by the new one.
    [Fact]
    public void Entry_WithTheNameOfOneThatIsDrivenOut_HasThatName()
    {
        string name = new('n', 2000);
        _decoder.Decode(Blocks.Literal(name, "a", 0x40), _fields).ShouldBe(HpackError.None);

        _decoder.Decode([0x40 + 62 - 0, .. Blocks.Text(new string('b', 2050))], _fields).ShouldBe(HpackError.None);

        Blocks.Table(_decoder).ShouldBe($"{name}: {new string('b', 2050)}");
    }

    [Fact]
    public void Fields_KnownNames_AreRecognized()
    {
        _decoder.Decode([.. Blocks.Literal("x-request-id", "1", 0x40), 0xBE, 0x90, 0x82, .. Blocks.Literal("q", "")], _fields);

        Enumerable.Range(0, 5).Select(_fields.Known).ShouldBe(
            [KnownHeader.XRequestId, KnownHeader.XRequestId, KnownHeader.AcceptEncoding, KnownHeader.None, KnownHeader.None]);
    }

    [Fact]
    public void List_OfTheLimit_IsTakenAndOneByteMoreIsNot()
    {
        HpackFields fields = new(maxBytes: 100);

        _decoder.Decode(Blocks.Literal("n", new string('v', 67)), fields).ShouldBe(HpackError.None);
        (fields.Count, fields.Size, fields.IsTooLarge).ShouldBe((1, 100, false));

        _decoder.Decode(Blocks.Literal("n", new string('v', 68)), fields).ShouldBe(HpackError.None);
        (fields.Count, fields.IsTooLarge).ShouldBe((0, true));
    }

    [Fact]
    public void List_OfTheLimitOfFields_IsTakenAndOneMoreIsNot()
    {
        HpackFields fields = new(maxCount: 3);
        byte[] three = [0x82, 0x86, 0x84];

        _decoder.Decode(three, fields).ShouldBe(HpackError.None);
        (fields.Count, fields.IsTooLarge).ShouldBe((3, false));

        _decoder.Decode([.. three, 0x84], fields).ShouldBe(HpackError.None);
        (fields.Count, fields.IsTooLarge).ShouldBe((3, true));
    }

    [Fact]
    public void List_CookieCrumbs_CountAsOneField()
    {
        HpackFields fields = new(maxCount: 3);
        byte[] crumbs = [.. Enumerable.Range(0, 50).SelectMany(i => Blocks.Literal("cookie", $"c{i}=1"))];

        _decoder.Decode([0x82, 0x86, .. crumbs], fields).ShouldBe(HpackError.None);
        (fields.Count, fields.IsTooLarge).ShouldBe((52, false));

        _decoder.Decode([0x82, 0x86, .. crumbs, 0x84], fields).ShouldBe(HpackError.None);
        fields.IsTooLarge.ShouldBeTrue();
    }

    [Fact]
    public void List_TooLarge_LeavesTheTableRight()
    {
        HpackFields fields = new(maxBytes: 60);
        byte[] block =
        [
            .. Blocks.Literal("a", new string('1', 50), 0x40), .. Blocks.Literal("b", "2", 0x40),
            .. Blocks.Literal("c", new string('3', 9000), 0x00), .. Blocks.Literal("d", "4", 0x40),
        ];

        _decoder.Decode(block, fields).ShouldBe(HpackError.None);

        fields.IsTooLarge.ShouldBeTrue();
        Blocks.Table(_decoder).ShouldBe($"d: 4\nb: 2\na: {new string('1', 50)}");
        _decoder.Decode([0xBE], fields).ShouldBe(HpackError.None);
        Blocks.Lines(fields).ShouldBe("d: 4");
    }

    [Fact]
    public void List_TooLarge_StillFindsErrors() =>
        _decoder.Decode([0x82, 0x86, 0x80], new HpackFields(maxCount: 1)).ShouldBe(HpackError.InvalidIndex);

    // An entry of 4 KiB, referred to by each byte of a block: 256 MiB if it were copied each time.
    [Fact]
    public void Bomb_ManyReferencesToALargeEntry_CostsNoMoreThanTheListMayHold()
    {
        byte[] block = [.. Blocks.Literal("n", new string('v', 4000), 0x40), .. Enumerable.Repeat((byte)0xBE, 65536)];
        _decoder.Decode(block, _fields).ShouldBe(HpackError.Bomb);

        _fields.IsTooLarge.ShouldBeTrue();
        _fields.Size.ShouldBeLessThanOrEqualTo(65536);
        _fields.Memory.ShouldBeLessThanOrEqualTo(65536 + 4096);
    }

    // Four times the limit of a list: 64 references to an entry that counts 4 KiB, and one more.
    [Fact]
    public void Bomb_References_AtTheLimitAndOneMore()
    {
        byte[] block = [.. Blocks.Literal("n", new string('v', 4096 - 32 - 1), 0x40), .. Enumerable.Repeat((byte)0xBE, 64)];

        _decoder.Decode(block, _fields).ShouldBe(HpackError.None);
        _fields.IsTooLarge.ShouldBeTrue();

        _decoder.Decode([.. block, 0xBE], _fields).ShouldBe(HpackError.Bomb);
    }

    // A name alone counts, too: each of two bytes would be copied into the list and into the table.
    [Fact]
    public void Bomb_ReferencesToALongName_AtTheLimitAndOneMore()
    {
        byte[] block = [.. Blocks.Literal(new string('n', 4096 - 32), "", 0x40), .. Enumerable.Repeat((byte[])[0x7E, 0], 64).SelectMany(x => x)];

        _decoder.Decode(block, _fields).ShouldBe(HpackError.None);

        _decoder.Decode([.. block, 0x7E, 0], _fields).ShouldBe(HpackError.Bomb);
    }

    [Fact]
    public void Bomb_StringsLongerThanTheLimits_TakeNoMoreMemory()
    {
        byte[] encoded = new byte[40_000];
        byte[] block = [0x40, .. Blocks.Number(encoded.Length, 7, 0x80), .. encoded, .. Blocks.Text("value")];

        _decoder.Decode(block, _fields).ShouldBe(HpackError.None);

        _fields.Count.ShouldBe(1);
        block = [0x40, .. Blocks.Number(60_000, 7, 0x80), .. new byte[60_000], .. Blocks.Number(60_000, 7, 0x80), .. new byte[60_000]];
        _decoder.Decode(block, _fields).ShouldBe(HpackError.None);
        _fields.IsTooLarge.ShouldBeTrue();
        _decoder.TableCount.ShouldBe(0);
        _fields.Memory.ShouldBeLessThanOrEqualTo(65536 + 4096);
    }

    [Fact]
    public void Bytes_ThatAreRandom_NeverThrowNorGrowTheMemory() =>
        Gen.OneOf(Gen.Byte.Array[0, 200], Gen.OneOf(Gen.Byte, Gen.Byte[0x3E, 0x44], Gen.Byte[0, 3]).Array[0, 200])
            .Array[1, 5]
            .Sample(blocks =>
            {
                HpackDecoder decoder = new();
                HpackFields fields = new();
                foreach (byte[] block in blocks)
                {
                    decoder.Decode(block, fields).Text().ShouldNotBe("unknown error");
                    decoder.TableSize.ShouldBeLessThanOrEqualTo(HpackDecoder.TableLimit);
                    fields.Size.ShouldBeLessThanOrEqualTo(HpackFields.DefaultBytes);
                }
            });

    private void Refused(string hex, HpackError error) => _decoder.Decode(Blocks.Hex(hex), _fields).ShouldBe(error);
}
