using Atlas.Engine.Buffers;
using Atlas.Engine.Flows;
using Atlas.Engine.Streams;
using Atlas.Protocols.Http1;
using Atlas.Protocols.ProxyProtocol;

namespace Atlas.Proxy.Connections;

/// <summary>Takes the PROXY protocol header that a connection has to open with. It holds a buffer only from the first byte
/// on, and sends nothing.</summary>
internal static class ProxyHeaderIntake
{
    /// <summary>Milliseconds that a header is given at least: enough for one segment that is lost on the way and sent again
    /// (PROXY protocol 2).</summary>
    internal const int MinTimeoutMs = 3_000;

    /// <summary>Receives until the header is complete, or refused.</summary>
    /// <param name="client">The connection, of which nothing was received yet.</param>
    /// <param name="deadlineMs">The loop's time until which it may take.</param>
    internal static async ResultFlow<ProxyIntake> ReadAsync(ByteStream client, long deadlineMs)
    {
        NativeBuffer? buffer = null;
        int length = 0;
        while (true)
        {
            WaitResult wait = await client.ReceiveReadyAsync(deadlineMs);
            if (wait != WaitResult.Ready)
            {
                return End(buffer, wait == WaitResult.TimedOut ? ProxyIntakeStatus.TimedOut : ProxyIntakeStatus.Cancelled);
            }

            buffer ??= client.Loop.Buffers.TryRent(BufferSize.Small);
            if (buffer is null)
            {
                return End(buffer, ProxyIntakeStatus.Overload);
            }

            // A header is shorter than the buffer, so that there is always room.
            int received = client.TryReceive(buffer.Span[length..]);
            if (received == ByteStream.WouldBlock)
            {
                continue;
            }

            if (received <= 0)
            {
                return End(buffer, length == 0 ? ProxyIntakeStatus.Silent : ProxyIntakeStatus.Cut);
            }

            length += received;
            ParseStatus status = ProxyHeaderReader.Read(buffer.Span[..length], out ProxyHeader header, out ProxyHeaderError error);
            if (status == ParseStatus.Done)
            {
                return Accept(header, buffer, length);
            }

            if (status == ParseStatus.Error)
            {
                return End(buffer, ProxyIntakeStatus.Refused, error);
            }
        }
    }

    private static ProxyIntake Accept(in ProxyHeader header, NativeBuffer buffer, int length)
    {
        int rest = length - header.Length;
        if (rest == 0)
        {
            buffer.Return();
        }
        else
        {
            buffer.Span[header.Length..length].CopyTo(buffer.Span);
        }

        return new ProxyIntake
        {
            Client = header.Source,
            Destination = header.Destination,
            Rest = rest == 0 ? null : buffer,
            RestLength = rest,
        };
    }

    private static ProxyIntake End(NativeBuffer? buffer, ProxyIntakeStatus status, ProxyHeaderError error = ProxyHeaderError.None)
    {
        buffer?.Return();
        return new ProxyIntake { Status = status, Error = error };
    }
}
