using Atlas.Engine.Buffers;
using Atlas.Engine.Flows;
using Atlas.Engine.Streams;

namespace Atlas.Proxy.Http;

/// <summary>Sends whole pieces, waiting as often as the peer's window asks for.</summary>
internal static class StreamWrites
{
    /// <summary>Sends a part of a buffer.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="buffer">Held by the caller until the end.</param>
    /// <param name="start">The first byte.</param>
    /// <param name="length">Bytes.</param>
    /// <param name="idleMs">Milliseconds without any progress after which it gives up.</param>
    /// <returns>False if the peer is gone, too slow, or the wait was cancelled.</returns>
    internal static async ResultFlow<bool> SendAsync(
        ByteStream stream,
        NativeBuffer buffer,
        int start,
        int length,
        int idleMs)
    {
        while (length > 0)
        {
            int sent = stream.TrySend(buffer.Span.Slice(start, length));
            if (sent >= 0)
            {
                start += sent;
                length -= sent;
            }
            else if (sent != ByteStream.WouldBlock
                || await stream.SendReadyAsync(stream.Loop.NowMs + idleMs) != WaitResult.Ready)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Sends parts of two buffers, with one system call when the window takes them.</summary>
    internal static async ResultFlow<bool> SendAsync(
        ByteStream stream,
        NativeBuffer first,
        int firstLength,
        NativeBuffer second,
        int secondStart,
        int secondLength,
        int idleMs)
    {
        int sent = secondLength == 0
            ? stream.TrySend(first.Span[..firstLength])
            : stream.TrySend(first.Span[..firstLength], second.Span.Slice(secondStart, secondLength));
        if (sent == firstLength + secondLength)
        {
            return true;
        }

        if (sent < 0 && sent != ByteStream.WouldBlock)
        {
            return false;
        }

        sent = Math.Max(sent, 0);
        if (sent < firstLength && !await SendAsync(stream, first, sent, firstLength - sent, idleMs))
        {
            return false;
        }

        int rest = Math.Max(sent - firstLength, 0);
        return await SendAsync(stream, second, secondStart + rest, secondLength - rest, idleMs);
    }
}
