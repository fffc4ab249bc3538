using System.Runtime.InteropServices;

namespace Atlas.Engine.Interop;

/// <summary><c>struct in6_pktinfo</c>: 16 bytes of address and the index of an interface.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct PacketInfo6
{
    internal fixed byte Address[16];
    internal uint Interface;
}
