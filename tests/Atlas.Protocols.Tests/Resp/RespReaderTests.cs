using System.Globalization;
using System.Text;
using Atlas.Protocols.Resp;
using CsCheck;

namespace Atlas.Protocols.Tests.Resp;

public sealed class RespReaderTests
{
    private static readonly Gen<string> Line = Gen.Char['!', '~'].Array[0, 20].Select(text => new string(text));

    private static readonly Gen<Value> Leaf = Gen.OneOf(
        Line.Select(text => new Value("+" + text + "\r\n", "text " + text)),
        Line.Select(text => new Value("-" + text + "\r\n", "error " + text)),
        Gen.Long.Select(number => new Value(Invariant($":{number}\r\n"), Invariant($"integer {number}"))),
        Gen.Byte.Array[0, 300].Select(bytes => new Value(
            Invariant($"${bytes.Length}\r\n{Bytes.Text(bytes)}\r\n"), "bulk " + Bytes.Text(bytes))),
        Gen.Const(new Value("$-1\r\n", "null")),
        Gen.Const(new Value("*-1\r\n", "null")));

    private static readonly Gen<Value> Any = Gen.OneOf(Leaf, Arrays(Leaf), Arrays(Gen.OneOf(Leaf, Arrays(Leaf))));

    [Fact]
    public void TryRead_AnyReplies_GivesBackWhatWasWritten() => Any.Array[1, 5].Sample(values =>
    {
        byte[] bytes = Bytes.Of(string.Concat(values.Select(value => value.Wire)));
        var scanner = new RespScanner(new RespLimits());
        int at = 0;
        foreach (Value value in values)
        {
            scanner.Read(bytes.AsSpan(at), out int taken).ShouldBe(RespStatus.Done);
            taken.ShouldBe(value.Wire.Length);
            at += taken;
        }

        var reader = new RespReader(bytes);
        foreach (Value value in values)
        {
            Read(ref reader).ShouldBe(value.Meaning);
        }

        reader.TryRead(out _).ShouldBeFalse();
    }, iter: 5_000);

    [Fact]
    public void TrySkip_AnyReplies_PassesOverOneEach() => Any.Array[1, 5].Sample(values =>
    {
        var reader = new RespReader(Bytes.Of(string.Concat(values.Select(value => value.Wire)) + "+end\r\n"));
        foreach (Value _ in values)
        {
            reader.TrySkip().ShouldBeTrue();
        }

        Read(ref reader).ShouldBe("text end");
        reader.TrySkip().ShouldBeFalse();
    }, iter: 2_000);

    [Theory]
    [InlineData("")]
    [InlineData("+OK")]
    [InlineData("\r\n")]
    [InlineData("$5\r\nhell\r\n")]
    [InlineData("$5\r\nhello")]
    [InlineData(":x\r\n")]
    [InlineData("$99999999999\r\n\r\n")]
    public void TryRead_NoWholeValue_ReadsNothing(string bytes)
    {
        var reader = new RespReader(Bytes.Of(bytes));
        reader.TryRead(out _).ShouldBeFalse();
    }

    [Fact]
    public void TryRead_AnyBytes_NeverThrows() => RespBytes.Any.Sample(bytes =>
    {
        var reader = new RespReader(bytes);
        while (reader.TryRead(out _))
        {
            // It ends, since each value takes bytes.
        }
    }, iter: 20_000);

    [Fact]
    public void Typed_OtherKinds_AreFalse()
    {
        var reader = new RespReader(":5\r\n$1\r\na\r\n$-1\r\n+OK\r\n"u8);
        reader.TryReadInteger(out long number).ShouldBeTrue();
        number.ShouldBe(5);
        reader.TryReadBulk(out ReadOnlySpan<byte> bulk).ShouldBeTrue();
        Bytes.Text(bulk).ShouldBe("a");
        reader.TryReadBulk(out _).ShouldBeFalse();
        reader.TryReadInteger(out _).ShouldBeFalse();
        reader.TryReadInteger(out _).ShouldBeFalse();
    }

    private static Gen<Value> Arrays(Gen<Value> elements) => elements.Array[0, 4].Select(values => new Value(
        Invariant($"*{values.Length}\r\n") + string.Concat(values.Select(value => value.Wire)),
        $"[{string.Join(", ", values.Select(value => value.Meaning))}]"));

    private static string Read(ref RespReader reader)
    {
        reader.TryRead(out RespValue value).ShouldBeTrue();
        switch (value.Kind)
        {
            case RespKind.Text:
                return "text " + Bytes.Text(value.Bytes);
            case RespKind.Error:
                return "error " + Bytes.Text(value.Bytes);
            case RespKind.Integer:
                return Invariant($"integer {value.Number}");
            case RespKind.Bulk:
                return "bulk " + Bytes.Text(value.Bytes);
            case RespKind.Null:
                return "null";
            case RespKind.Array:
                var text = new StringBuilder("[");
                for (long i = 0; i < value.Number; i++)
                {
                    text.Append(i > 0 ? ", " : "").Append(Read(ref reader));
                }

                return text.Append(']').ToString();
            default:
                throw new InvalidOperationException("unknown kind");
        }
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private sealed record Value(string Wire, string Meaning);
}
