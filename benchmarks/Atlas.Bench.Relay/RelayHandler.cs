using Atlas.Engine.Buffers;
using Atlas.Engine.Flows;
using Atlas.Engine.Streams;
using Atlas.Engine.Workers;

namespace Atlas.Bench.Relay;

/// <summary>Gives each client a connection to the next server and passes bytes both ways until one side ends.</summary>
internal sealed class RelayHandler(SocketAddress[] servers) : IConnectionHandler
{
    private const int ConnectMs = 3_000;
    private int _next;

    public void OnAccepted(EventLoop loop, ByteStream stream, SocketAddress peer, Action ended) =>
        ServeAsync(loop, stream, servers[_next++ % servers.Length], ended).Detach();

    private static async Flow ServeAsync(EventLoop loop, ByteStream client, SocketAddress target, Action ended)
    {
        ConnectResult connected = await loop.ConnectAsync(target, loop.NowMs + ConnectMs);
        if (connected.Stream is { } server)
        {
            Flow up = PumpAsync(client, server);
            await PumpAsync(server, client);
            await up;
            server.Close();
        }

        client.Close();
        ended();
    }

    private static async Flow PumpAsync(ByteStream from, ByteStream to)
    {
        while (await from.ReceiveReadyAsync() == WaitResult.Ready)
        {
            // Idle directions hold no buffer.
            NativeBuffer? buffer = from.Loop.Buffers.TryRent(BufferSize.Large);
            if (buffer is null)
            {
                break;
            }

            int received = from.TryReceive(buffer.Span);
            bool goOn = received == ByteStream.WouldBlock || (received > 0 && await SendAsync(to, buffer, received));
            buffer.Return();
            if (!goOn)
            {
                break;
            }
        }

        // The other direction has nobody to talk to: requests and responses end together here.
        from.CancelWaits();
        to.CancelWaits();
    }

    private static async ResultFlow<bool> SendAsync(ByteStream to, NativeBuffer buffer, int length)
    {
        int start = 0;
        while (start < length)
        {
            int sent = to.TrySend(buffer.Span[start..length]);
            if (sent >= 0)
            {
                start += sent;
            }
            else if (sent != ByteStream.WouldBlock || await to.SendReadyAsync() != WaitResult.Ready)
            {
                return false;
            }
        }

        return true;
    }
}
