using Atlas.Engine.Streams;
using static Atlas.Engine.Interop.LinuxConstants;

namespace Atlas.Engine.Datagrams;

/// <summary>What the kernel does of UDP segmentation (linux/udp.h; UDP_SEGMENT since 4.18, UDP_GRO since 5.0), found out once
/// for the process.</summary>
internal static class Segmentation
{
    /// <summary>Datagrams that one message may become: UDP_MAX_SEGMENTS of the oldest kernels that have it.</summary>
    internal const int MaxSegments = 64;

    /// <summary>Bytes that one message may have: what fits into an IPv4 packet of 65,535 less its two headers.</summary>
    internal const int MaxBytes = 65_507;

    private static readonly (bool Sends, bool Receives) Found = Probe();

    /// <summary>Whether datagrams of equal length to one address may leave as one message.</summary>
    internal static bool Sends => Found.Sends;

    /// <summary>Whether datagrams of equal length from one address may come as one message.</summary>
    internal static bool Receives => Found.Receives;

    /// <summary>Lets a socket receive several datagrams as one message, where the kernel can.</summary>
    internal static void Enable(int descriptor)
    {
        if (Receives)
        {
            Socket.SetOption(descriptor, IPPROTO_UDP, UDP_GRO, 1);
        }
    }

    private static (bool Sends, bool Receives) Probe()
    {
        int descriptor = Socket.OpenDatagram(AF_INET);
        if (descriptor < 0)
        {
            return default;
        }

        bool sends = Socket.SetOption(descriptor, IPPROTO_UDP, UDP_SEGMENT, 0) >= 0;
        bool receives = Socket.SetOption(descriptor, IPPROTO_UDP, UDP_GRO, 1) >= 0;
        Socket.Close(descriptor);
        return (sends, receives);
    }
}
