using System.Buffers.Binary;
using Atlas.Protocols.WebSocket;
using CsCheck;

namespace Atlas.Protocols.Tests.WebSocket;

public sealed class WebSocketFramesTests
{
    private static readonly int[] Lengths = [0, 1, 125, 126, 127, 300, 65_535, 65_536];
    private static readonly int[] Firsts = [0x81, 0x02, 0x00, 0x89];

    private static readonly Gen<byte[]> Frames = Gen.Select(
        Gen.Int[0, 7], Gen.Bool, Gen.Int[0, 3], (length, isMasked, first) => Frame(Lengths[length], isMasked, Firsts[first]));

    [Fact]
    public void Read_FramesCutAnywhere_KnowsWhereTheyEnd() => Gen.Select(Frames.Array[1, 5], Gen.Int[1, 70_000].Array[1, 12]).Sample((all, cuts) =>
    {
        byte[] bytes = [.. all.SelectMany(frame => frame)];
        var ends = new HashSet<int>();
        int end = 0;
        foreach (byte[] frame in all)
        {
            ends.Add(end += frame.Length);
        }

        var frames = new WebSocketFrames();
        int at = 0;
        for (int i = 0; at < bytes.Length; i++)
        {
            int length = Math.Min(cuts[i % cuts.Length], bytes.Length - at);
            frames.Read(bytes.AsSpan(at, length));
            at += length;
            frames.IsBetween.ShouldBe(ends.Contains(at), $"at {at}");
        }

        frames.HasClosed.ShouldBeFalse();
    }, iter: 300);

    [Fact]
    public void ReadToEnd_SeveralFrames_StopsAfterEach()
    {
        byte[] bytes = [.. Frame(3, true, 0x81), .. Frame(0, false, 0x89), .. Frame(200, false, 0x82)];
        for (int cut = 0; cut <= 9; cut++)
        {
            var frames = new WebSocketFrames();
            frames.ReadToEnd(bytes.AsSpan(0, cut)).ShouldBe(cut);
            if (cut < 9)
            {
                frames.ReadToEnd(bytes.AsSpan(cut)).ShouldBe(9 - cut);
            }

            frames.ReadToEnd(bytes.AsSpan(9)).ShouldBe(2);
            frames.ReadToEnd(bytes.AsSpan(11)).ShouldBe(204);
            frames.IsBetween.ShouldBeTrue();
        }
    }

    [Fact]
    public void HasClosed_CloseFrame_FromItsFirstByteOn()
    {
        var frames = new WebSocketFrames();
        frames.Read(Frame(5, false, 0x81));
        frames.HasClosed.ShouldBeFalse();
        frames.Read([0x88]);
        frames.HasClosed.ShouldBeTrue();
    }

    [Fact]
    public void Read_LengthWithTheForbiddenBit_NeverEnds()
    {
        var frames = new WebSocketFrames();
        frames.Read([0x82, 127, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]);
        frames.Read(new byte[100_000]);
        frames.IsBetween.ShouldBeFalse();
    }

    private static byte[] Frame(int length, bool isMasked, int first)
    {
        byte[] lengthBytes = length < 126 ? [(byte)length] : length < 65_536 ? [126, 0, 0] : [127, 0, 0, 0, 0, 0, 0, 0, 0];
        if (lengthBytes.Length == 3)
        {
            BinaryPrimitives.WriteUInt16BigEndian(lengthBytes.AsSpan(1), (ushort)length);
        }
        else if (lengthBytes.Length == 9)
        {
            BinaryPrimitives.WriteUInt64BigEndian(lengthBytes.AsSpan(1), (ulong)length);
        }

        lengthBytes[0] |= (byte)(isMasked ? 0x80 : 0);
        return [(byte)first, .. lengthBytes, .. isMasked ? (byte[])[0x88, 1, 2, 3] : [], .. Enumerable.Repeat((byte)0x88, length)];
    }
}
