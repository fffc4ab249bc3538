using System.Runtime.InteropServices;

namespace Atlas.Engine.Interop;

/// <summary><c>struct nlmsghdr</c>: the head of a message of netlink.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NetlinkHeader
{
    /// <summary>Bytes of this head and of the body, without what fills up to the next message.</summary>
    internal uint Length;
    internal ushort Type;
    internal ushort Flags;
    internal uint Sequence;

    /// <summary>The port of the socket that the message is for or from; 0 is the kernel.</summary>
    internal uint Port;
}
