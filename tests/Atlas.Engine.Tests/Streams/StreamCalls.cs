using Atlas.Engine.Flows;
using Atlas.Engine.Streams;

namespace Atlas.Engine.Tests.Streams;

/// <summary>What tests do with streams.</summary>
public static class StreamCalls
{
    /// <summary>Bytes whose value tells their place.</summary>
    public static byte[] Pattern(int length, int from = 0) => [.. Enumerable.Range(from, length).Select(i => (byte)((i * 31) ^ (i >> 8)))];

    /// <summary>Sends everything; a negative error number if that fails.</summary>
    public static async ResultFlow<int> SendAllAsync(this ByteStream stream, byte[] bytes)
    {
        int done = 0;
        while (done < bytes.Length)
        {
            int sent = stream.TrySend(bytes.AsSpan(done));
            if (sent == ByteStream.WouldBlock)
            {
                (await stream.SendReadyAsync()).ShouldBe(WaitResult.Ready);
            }
            else if (sent < 0)
            {
                return sent;
            }
            else
            {
                done += sent;
            }
        }

        return done;
    }

    /// <summary>Receives until a count, the end (0) or an error (negative) comes; what it was is the last result.</summary>
    public static async ResultFlow<(byte[] Bytes, int Last)> ReceiveAsync(this ByteStream stream, int count = int.MaxValue, int bufferLength = 4096)
    {
        var all = new List<byte>();
        byte[] buffer = new byte[bufferLength];
        int last = 1;
        while (all.Count < count && last > 0)
        {
            last = stream.TryReceive(buffer.AsSpan(0, Math.Min(buffer.Length, count - all.Count)));
            if (last == ByteStream.WouldBlock)
            {
                (await stream.ReceiveReadyAsync()).ShouldBe(WaitResult.Ready);
                last = 1;
            }
            else if (last > 0)
            {
                all.AddRange(buffer.AsSpan(0, last));
            }
        }

        return ([.. all], last);
    }

    /// <summary>Sends until the window is full, and goes on when it opens a little by itself.</summary>
    public static async ResultFlow<int> FillAsync(this ByteStream stream, byte[] bytes)
    {
        int done = 0;
        while (done < bytes.Length)
        {
            int sent = stream.TrySend(bytes.AsSpan(done, Math.Min(bytes.Length - done, 64 * 1024)));
            if (sent >= 0)
            {
                done += sent;
            }
            else if (await stream.SendReadyAsync(stream.Loop.NowMs + 50) != WaitResult.Ready)
            {
                break;
            }
        }

        return done;
    }
}
