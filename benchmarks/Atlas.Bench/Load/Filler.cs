using Atlas.Engine.Flows;
using Atlas.Engine.Streams;

namespace Atlas.Bench.Load;

/// <summary>Sends bytes whose content does not matter, and bytes that do.</summary>
internal static class Filler
{
    private const int ChunkBytes = 256 * 1024;
    private static readonly byte[] Bytes = Make();

    internal static async ResultFlow<bool> SendAsync(ByteStream stream, ReadOnlyMemory<byte> first, int fillBytes, int idleMs)
    {
        int sent = 0;
        int total = first.Length + fillBytes;
        while (sent < total)
        {
            int now = sent < first.Length
                ? stream.TrySend(first.Span[sent..], Fill(fillBytes))
                : stream.TrySend(Fill(total - sent));
            if (now >= 0)
            {
                sent += now;
            }
            else if (now != ByteStream.WouldBlock
                || await stream.SendReadyAsync(stream.Loop.NowMs + idleMs) != WaitResult.Ready)
            {
                return false;
            }
        }

        return true;
    }

    private static ReadOnlySpan<byte> Fill(int bytes) => Bytes.AsSpan(0, Math.Min(bytes, ChunkBytes));

    private static byte[] Make()
    {
        byte[] bytes = GC.AllocateUninitializedArray<byte>(ChunkBytes, pinned: true);
        bytes.AsSpan().Fill((byte)'x');
        return bytes;
    }
}
