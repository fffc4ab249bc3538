using Atlas.Engine.Buffers;
using Atlas.Engine.Flows;
using Atlas.Engine.Streams;

namespace Atlas.Proxy.Http;

/// <summary>Ends a connection whose client may still be sending (RFC 9112 9.6): the kernel answers bytes that nobody will
/// read with a reset, which may destroy the response on its way. So the sending side ends first, and what the client still
/// sends is read and thrown away until it ends too, within bounds.</summary>
internal static class LingeringClose
{
    /// <summary>Milliseconds that a client may be silent (nginx's lingering_timeout is 5 s).</summary>
    internal const int IdleMs = 2_000;

    /// <summary>Milliseconds in all (nginx's lingering_time).</summary>
    internal const int MaxMs = 30_000;

    /// <summary>Bytes in all: who sends more does not listen.</summary>
    internal const int MaxBytes = 16 * 1024 * 1024;

    internal static async Flow RunAsync(ByteStream client)
    {
        client.ShutdownSend();
        long endMs = client.Loop.NowMs + MaxMs;
        int left = MaxBytes;
        while (client.Loop.NowMs < endMs && left > 0)
        {
            if (await client.ReceiveReadyAsync(Math.Min(client.Loop.NowMs + IdleMs, endMs)) != WaitResult.Ready)
            {
                return;
            }

            NativeBuffer? buffer = client.Loop.Buffers.TryRent(BufferSize.Small);
            if (buffer is null)
            {
                return;
            }

            int received = client.TryReceive(buffer.Span);
            buffer.Return();
            if (received <= 0 && received != ByteStream.WouldBlock)
            {
                return;
            }

            left -= Math.Max(received, 0);
            await client.Loop.YieldAsync();
        }
    }
}
