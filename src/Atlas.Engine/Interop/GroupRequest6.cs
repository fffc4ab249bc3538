using System.Runtime.InteropServices;

namespace Atlas.Engine.Interop;

/// <summary><c>struct ipv6_mreq</c>: a group of IPv6, and the interface for it.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct GroupRequest6
{
    internal fixed byte Group[16];
    internal int Interface;
}
