using Atlas.Engine.Buffers;
using Atlas.Engine.Flows;
using Atlas.Engine.Streams;

namespace Atlas.Proxy.Http;

/// <summary>Sends whole pieces, waiting as often as the peer's window asks for.</summary>
internal static class StreamWrites
{
    // Copying this much costs less than what a vectored send costs more than a plain one.
    private const int CopyLength = 4096;

    /// <summary>Sends a part of a buffer.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="pace">How fast the receiver takes it, and how slow it may be.</param>
    /// <param name="buffer">Held by the caller until the end.</param>
    /// <param name="start">The first byte.</param>
    /// <param name="length">Bytes.</param>
    /// <returns>False if the peer is gone, too slow, or the wait was cancelled.</returns>
    internal static async ResultFlow<bool> SendAsync(
        ByteStream stream, TransferPace pace, NativeBuffer buffer, int start, int length)
    {
        while (length > 0)
        {
            int sent = stream.TrySend(buffer.Span.Slice(start, length));
            if (sent >= 0)
            {
                pace.Moved(sent, stream.Loop.NowMs);
                start += sent;
                length -= sent;
            }
            else if (sent != ByteStream.WouldBlock || !await WaitAsync(stream, pace))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Sends parts of two buffers, the first from its beginning, with one system call when the window takes them.
    /// What lies behind the first part may be overwritten.</summary>
    internal static async ResultFlow<bool> SendAsync(
        ByteStream stream,
        TransferPace pace,
        NativeBuffer first,
        int firstLength,
        NativeBuffer second,
        int secondStart,
        int secondLength)
    {
        if (secondLength <= CopyLength && secondLength <= first.Length - firstLength)
        {
            second.Span.Slice(secondStart, secondLength).CopyTo(first.Span[firstLength..]);
            firstLength += secondLength;
            secondLength = 0;
        }

        int sent = secondLength == 0
            ? stream.TrySend(first.Span[..firstLength])
            : stream.TrySend(first.Span[..firstLength], second.Span.Slice(secondStart, secondLength));
        if (sent < 0 && sent != ByteStream.WouldBlock)
        {
            return false;
        }

        sent = Math.Max(sent, 0);
        pace.Moved(sent, stream.Loop.NowMs);
        if (sent == firstLength + secondLength)
        {
            return true;
        }

        if (sent < firstLength && !await SendAsync(stream, pace, first, sent, firstLength - sent))
        {
            return false;
        }

        int rest = Math.Max(sent - firstLength, 0);
        return await SendAsync(stream, pace, second, secondStart + rest, secondLength - rest);
    }

    private static async ResultFlow<bool> WaitAsync(ByteStream stream, TransferPace pace)
    {
        long beganMs = stream.Loop.NowMs;
        WaitResult wait = await stream.SendReadyAsync(pace.DeadlineMs(beganMs));
        pace.Waited(stream.Loop.NowMs - beganMs);
        pace.IsTooSlow = wait == WaitResult.TimedOut;
        return wait == WaitResult.Ready;
    }
}
