using Atlas.Engine.Buffers;
using Atlas.Engine.Flows;
using Atlas.Engine.Streams;

namespace Atlas.Proxy.Http;

/// <summary>Passes bytes both ways, unread, until both sides ended or both were silent for too long. The end of one
/// direction is passed on as such (half-close).</summary>
internal static class Tunnel
{
    internal static async Flow RunAsync(
        ByteStream client, NativeBuffer fromClient, int start, int end, ByteStream server, NativeBuffer fromServer, int idleMs)
    {
        Flow up = PumpAsync(client, server, fromClient, start, end, idleMs);
        await PumpAsync(server, client, fromServer, 0, 0, idleMs);
        await up;
        client.ResetCancel();
        server.ResetCancel();
    }

    private static async Flow PumpAsync(ByteStream from, ByteStream to, NativeBuffer buffer, int start, int end, int idleMs)
    {
        while (true)
        {
            if (end > start && !await StreamWrites.SendAsync(to, buffer, start, end - start, idleMs))
            {
                break;
            }

            int received = from.TryReceive(buffer.Span);
            if (received == 0)
            {
                to.ShutdownSend();
                return;
            }

            start = 0;
            end = Math.Max(received, 0);
            if (received < 0
                && (received != ByteStream.WouldBlock
                    || await from.ReceiveReadyAsync(from.Loop.NowMs + idleMs) != WaitResult.Ready))
            {
                break;
            }
        }

        // One direction failed: the other has nobody to talk to.
        from.CancelWaits();
        to.CancelWaits();
    }
}
