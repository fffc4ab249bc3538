using System.Runtime.InteropServices;

namespace Atlas.Engine.Interop;

/// <summary><c>struct in_pktinfo</c>: the address that a datagram was sent to, or is to leave from.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PacketInfo
{
    internal int Interface;

    /// <summary>The address of this host: also where the datagram was sent to many.</summary>
    internal uint Local;
    internal uint Destination;
}
