using Atlas.Engine.Flows;
using Atlas.Engine.Streams;

namespace Atlas.Simulation;

/// <summary>What clients and servers of a simulation do with their streams.</summary>
public static class StreamCalls
{
    /// <summary>Sends everything, however long it takes.</summary>
    /// <returns>False if the stream failed or was closed meanwhile.</returns>
    public static async ResultFlow<bool> SendAllAsync(this ByteStream stream, byte[] bytes)
    {
        int done = 0;
        while (done < bytes.Length)
        {
            int sent = stream.TrySend(bytes.AsSpan(done));
            if (sent >= 0)
            {
                done += sent;
            }
            else if (sent != ByteStream.WouldBlock || await stream.SendReadyAsync() != WaitResult.Ready)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Receives what is there, and waits for it.</summary>
    /// <returns>Bytes, 0 at the end, a negative error number; the latter too when the wait was cancelled.</returns>
    public static async ResultFlow<int> ReceiveSomeAsync(this ByteStream stream, byte[] buffer)
    {
        while (true)
        {
            int received = stream.TryReceive(buffer);
            if (received != ByteStream.WouldBlock)
            {
                return received;
            }

            if (await stream.ReceiveReadyAsync() != WaitResult.Ready)
            {
                return -Engine.Interop.Errno.ECANCELED;
            }
        }
    }
}
