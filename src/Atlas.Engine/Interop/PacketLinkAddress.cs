using System.Runtime.InteropServices;

namespace Atlas.Engine.Interop;

/// <summary><c>struct sockaddr_ll</c>: an interface, and a hardware address on it.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct PacketLinkAddress
{
    internal ushort Family;

    /// <summary>The EtherType, in network order.</summary>
    internal ushort Protocol;
    internal int Interface;
    internal ushort Hardware;
    internal byte PacketType;
    internal byte AddressLength;
    internal fixed byte Address[8];
}
