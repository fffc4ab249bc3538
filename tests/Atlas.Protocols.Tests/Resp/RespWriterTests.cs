using Atlas.Protocols.Resp;
using CsCheck;

namespace Atlas.Protocols.Tests.Resp;

public sealed class RespWriterTests
{
    [Fact]
    public void Part_NameAndArguments_AreBulks()
    {
        byte[] bytes = new byte[53];
        var writer = new RespWriter(bytes);
        writer.Command(4);
        writer.Part("SET"u8);
        writer.Part("k"u8);
        writer.Part(""u8);
        writer.Part(long.MinValue);

        writer.HasOverflowed.ShouldBeFalse();
        Bytes.Text(bytes.AsSpan(0, writer.Length)).ShouldBe(
            "*4\r\n$3\r\nSET\r\n$1\r\nk\r\n$0\r\n\r\n$20\r\n-9223372036854775808\r\n");
    }

    [Fact]
    public void Part_AnyBytes_AreReadBack() => Gen.Byte.Array[0, 200].Array[1, 6].Sample(parts =>
    {
        byte[] bytes = Bytes.Of(Written(parts));
        new RespScanner(new RespLimits()).Read(bytes, out int taken).ShouldBe(RespStatus.Done);
        taken.ShouldBe(bytes.Length);
        var reader = new RespReader(bytes);
        reader.TryRead(out RespValue array).ShouldBeTrue();
        array.Number.ShouldBe(parts.Length);
        foreach (byte[] part in parts)
        {
            reader.TryReadBulk(out ReadOnlySpan<byte> read).ShouldBeTrue();
            read.SequenceEqual(part).ShouldBeTrue();
        }
    }, iter: 2_000);

    [Fact]
    public void Part_LessRoomThanNeeded_OverflowsAndStaysSo()
    {
        int whole = Written(["GET"u8.ToArray(), "key"u8.ToArray()]).Length;
        for (int room = 0; room <= whole; room++)
        {
            var writer = new RespWriter(new byte[room]);
            writer.Command(2);
            writer.Part("GET"u8);
            writer.Part("key"u8);
            writer.HasOverflowed.ShouldBe(room < whole);
            writer.Raw("x"u8);
            writer.HasOverflowed.ShouldBeTrue();
        }
    }

    private static string Written(byte[][] parts)
    {
        byte[] bytes = new byte[4_096];
        var writer = new RespWriter(bytes);
        writer.Command(parts.Length);
        foreach (byte[] part in parts)
        {
            writer.Part(part);
        }

        return Bytes.Text(bytes.AsSpan(0, writer.Length));
    }
}
