using System.Runtime.InteropServices;

namespace Atlas.Engine.Interop;

/// <summary><c>struct sockaddr_nl</c>: a socket of netlink, and the groups that it hears.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NetlinkAddress
{
    internal ushort Family;
    internal ushort Padding;

    /// <summary>0 is the kernel; of a socket that binds, that the kernel chooses.</summary>
    internal uint Port;
    internal uint Groups;
}
