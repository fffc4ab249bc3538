using Atlas.Protocols.Hpack;
using CsCheck;

namespace Atlas.Protocols.Tests.Hpack;

public sealed class HpackEncoderTests
{
    private readonly HpackEncoder _encoder = new();

    // Names that the static table has, that it does not have, and that are written in upper case.
    private static readonly Gen<string> Name = AnyOf(
        "accept", "Cache-Control", "user-agent", "cookie", "set-cookie", "authorization", "date", "x-a", "X-b", "x-c", "refresh", "content-length");

    private static readonly Gen<string> Value = Gen.OneOf(
        Gen.Int[0, 9].Select(x => $"{x}"), Gen.Char['\u0020', '\u00FF'].Array[0, 60].Select(x => new string(x)), Gen.Const("gzip, deflate"));

    private static readonly Gen<(string Name, string Value)[][]> Lists =
        Gen.Select(Name, Value).Array[0, 30].Array[1, 8];

    [Fact]
    public void Field_InTheStaticTable_IsOneByte() =>
        Blocks.Encode(_encoder, ("accept-encoding", "gzip, deflate")).ShouldBe([0x90]);

    [Fact]
    public void Field_ThatComesAgain_IsOneByte()
    {
        byte[] first = Blocks.Encode(_encoder, ("user-agent", "x"), ("x-new", "y"));

        first.ShouldBe([0x7A, 1, (byte)'x', 0x40, 0x84, .. first[5..9], 1, (byte)'y']);
        Blocks.Encode(_encoder, ("user-agent", "x"), ("X-NEW", "y")).ShouldBe([0xBF, 0xBE]);
    }

    [Fact]
    public void Text_LongerWithHuffmanCode_IsPlain() =>
        Blocks.Encode(_encoder, ("via", "{}")).ShouldBe([0x7C, 2, (byte)'{', (byte)'}']);

    [Fact]
    public void Pseudo_Fields_AreTakenFromTheStaticTable()
    {
        byte[] buffer = new byte[64];

        _encoder.WritePseudo(HpackStaticTable.Status, "404"u8, buffer).ShouldBe(1);
        buffer[0].ShouldBe((byte)0x8D);
        _encoder.WritePseudo(HpackStaticTable.Path, "/{}"u8, buffer).ShouldBe(5);
        buffer[..5].ShouldBe([4, 3, (byte)'/', (byte)'{', (byte)'}']);
        _encoder.TableCount.ShouldBe(0);
        _encoder.WritePseudo(HpackStaticTable.Authority, "a"u8, buffer).ShouldBe(3);
        _encoder.WritePseudo(HpackStaticTable.Authority, "a"u8, buffer).ShouldBe(1);
    }

    // RFC 7541 7.1.3.
    [Theory]
    [InlineData("authorization", "Basic dXNlcjpwYXNzd29yZCBvZiBzb21lIGxlbmd0aA==")]
    [InlineData("proxy-authorization", "x")]
    [InlineData("cookie", "1234567890123456789")]
    [InlineData("set-cookie", "a=b")]
    public void Secret_IsNeverIndexed(string name, string value)
    {
        byte[] block = Blocks.Encode(_encoder, (name, value));

        (block[0] & 0xF0).ShouldBe(0x10);
        _encoder.TableCount.ShouldBe(0);
        Blocks.Encode(_encoder, (name, value)).ShouldBe(block);
    }

    [Theory]
    [InlineData("cookie", "12345678901234567890", true)]
    [InlineData("set-cookie", "12345678901234567890", false)]
    [InlineData("content-length", "5", false)]
    [InlineData("x-request-id", "5", false)]
    [InlineData("etag", "5", false)]
    [InlineData("date", "Mon, 21 Oct 2013 20:13:21 GMT", true)]
    [InlineData("server", "a", true)]
    [InlineData("x-unknown", "a", true)]
    public void Field_IsInsertedIfItsValueComesAgain(string name, string value, bool inserted)
    {
        byte[] block = Blocks.Encode(_encoder, (name, value));

        (block[0] >> 6).ShouldBe(inserted ? 1 : 0);
        (block[0] & 0xF0).ShouldNotBe(0x10);
        _encoder.TableCount.ShouldBe(inserted ? 1 : 0);
    }

    [Theory]
    [InlineData("user-agent", 0x40)]
    [InlineData("cookie", 0x10)]
    [InlineData("x-api-key", 0x10)]
    [InlineData("x-forwarded-for", 0x10)]
    [InlineData("referer", 0x10)]
    [InlineData("x-request-id", 0x00)]
    public void SharedTable_TakesOnlyWhatSaysNothingOfAUser(string name, int pattern)
    {
        HpackEncoder shared = new(isShared: true);

        byte[] block = Blocks.Encode(shared, (name, "a value of more than twenty bytes"));

        (pattern == 0x40 ? block[0] & 0xC0 : block[0] & 0xF0).ShouldBe(pattern);
        shared.TableCount.ShouldBe(pattern == 0x40 ? 1 : 0);
    }

    // Coding them costs both sides more than the bytes that it saves.
    [Fact]
    public void SharedTable_StringsAreSentAsTheyAre()
    {
        (string, string) field = ("x-forwarded-for", "192.0.2.1");

        byte[] block = Blocks.Encode(new HpackEncoder(isShared: true), field);

        block.AsSpan().IndexOf("\x0Fx-forwarded-for\t192.0.2.1"u8).ShouldBe(1);
        Blocks.Encode(_encoder, field).Length.ShouldBeLessThan(block.Length);
    }

    [Fact]
    public void Field_ThatIsMostOfTheTable_IsNotInserted()
    {
        Blocks.Encode(_encoder, ("x-a", new string('v', 3072 - 32 - 3)));
        _encoder.TableCount.ShouldBe(1);

        Blocks.Encode(_encoder, ("x-b", new string('v', 3073 - 32 - 3)));
        _encoder.TableCount.ShouldBe(1);
    }

    // RFC 7541 4.2: the smallest and the last.
    [Theory]
    [InlineData(new uint[] { 4096 }, "")]
    [InlineData(new uint[] { 65536 }, "")]
    [InlineData(new uint[] { 100 }, "3f45")]
    [InlineData(new uint[] { 0 }, "20")]
    [InlineData(new uint[] { 0, 65536 }, "203fe11f")]
    [InlineData(new uint[] { 100, 0, 100 }, "203f45")]
    [InlineData(new uint[] { 100, 50 }, "3f13")]
    public void TableSize_Changed_IsToldByTheNextBlockOnce(uint[] sizes, string hex)
    {
        foreach (uint size in sizes)
        {
            _encoder.LimitTable(size);
        }

        Blocks.Encode(_encoder).ShouldBe(Blocks.Hex(hex));
        Blocks.Encode(_encoder).ShouldBeEmpty();
    }

    [Fact]
    public void TableSize_Zero_MeansNoEntries()
    {
        Blocks.Encode(_encoder, ("x-a", "b"));

        _encoder.LimitTable(0);

        _encoder.TableCount.ShouldBe(0);
        Blocks.Encode(_encoder, ("x-a", "b"))[1].ShouldBe((byte)0);
        _encoder.TableCount.ShouldBe(0);
    }

    [Fact]
    public void Lists_EncodedAndDecoded_AreTheSame() =>
        Gen.Select(Lists, Gen.Bool, Gen.UInt[0, 5000].Array[0, 3].Array[8]).Sample((lists, isShared, sizes) =>
        {
            HpackEncoder encoder = new(isShared);
            HpackDecoder decoder = new();
            HpackFields fields = new();
            for (int i = 0; i < lists.Length; i++)
            {
                foreach (uint size in sizes[i])
                {
                    encoder.LimitTable(size);
                }

                decoder.Decode(Blocks.Encode(encoder, lists[i]), fields).ShouldBe(HpackError.None);

                Blocks.Lines(fields).ShouldBe(string.Join('\n', lists[i].Select(x => $"{x.Name.ToLowerInvariant()}: {x.Value}")));
                (decoder.TableCount, decoder.TableSize).ShouldBe((encoder.TableCount, encoder.TableSize));
            }
        });

    [Fact]
    public void Blocks_OfLongAndShortFields_AreWithinTheBound() =>
        Gen.Select(AnyOf(0, 1, 126, 127, 128, 254, 255, 256, 16510, 16511, 16512), AnyOf(1, 2, 126, 127, 255, 20000))
            .Array[1, 5]
            .Sample(lengths => Blocks.Encode(
                new HpackEncoder(), [.. lengths.Select((x, i) => (new string((char)('a' + i), x.Item2), new string('\u00FF', x.Item1)))]));

    [Fact]
    public void Blocks_InSteadyState_AllocateNothing()
    {
        HpackDecoder decoder = new();
        HpackFields fields = new();
        byte[] buffer = new byte[1024];
        byte[] date = Bytes.Of("Mon, 21 Oct 2013 20:13:21 GMT");
        int round = 0;

        for (int i = 0; i < 300; i++)
        {
            Round();
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 10_000; i++)
        {
            Round();
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
        fields.Count.ShouldBe(5);

        void Round()
        {
            round++;
            date[24] = (byte)('0' + (round % 10));
            date[22] = (byte)('0' + (round / 10 % 10));
            int length = _encoder.BeginBlock(buffer);
            length += _encoder.WritePseudo(HpackStaticTable.Status, "200"u8, buffer.AsSpan(length));
            length += _encoder.Write("Date"u8, date, buffer.AsSpan(length));
            length += _encoder.Write("X-Unknown"u8, "some text"u8, buffer.AsSpan(length));
            length += _encoder.Write("content-type"u8, "text/plain"u8, buffer.AsSpan(length));
            length += _encoder.Write("content-length"u8, date.AsSpan(22, 3), buffer.AsSpan(length));
            decoder.Decode(buffer.AsSpan(0, length), fields);
        }
    }

    private static Gen<T> AnyOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);
}
