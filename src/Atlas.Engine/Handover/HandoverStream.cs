using System.Net.Sockets;
using Atlas.Engine.Interop;
using static Atlas.Engine.Interop.LinuxConstants;

namespace Atlas.Engine.Handover;

/// <summary>A way between two processes for bytes in both directions, one end of which is passed by a
/// <see cref="HandoverChannel"/>.</summary>
public static unsafe class HandoverStream
{
    // For calls that wait, not for asynchronous ones.
    private const int TimeoutMs = 10_000;

    /// <summary>Makes both ends.</summary>
    /// <returns>This process's, and what the other one gets; both belong to the caller.</returns>
    /// <exception cref="IOException">The system has no descriptors or memory left.</exception>
    public static (Stream Own, HandedDescriptor Other) CreatePair()
    {
        int* ends = stackalloc int[2];
        int result = Errno.Of(Libc.socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends));
        return result >= 0
            ? (Of(ends[0]), new HandedDescriptor(ends[1]))
            : throw new IOException("cannot make a pair of sockets: " + Errno.Text(result));
    }

    /// <summary>The stream of an end that came from another process.</summary>
    /// <param name="descriptor">It, which belongs to the stream from here on.</param>
    public static Stream Of(int descriptor) =>
        new NetworkStream(new Socket(new SafeSocketHandle(descriptor, ownsHandle: true)), ownsSocket: true)
        {
            ReadTimeout = TimeoutMs,
            WriteTimeout = TimeoutMs,
        };
}
