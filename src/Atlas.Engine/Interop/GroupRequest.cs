using System.Runtime.InteropServices;

namespace Atlas.Engine.Interop;

/// <summary><c>struct ip_mreqn</c>: a group of IPv4, and the interface for it.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct GroupRequest
{
    internal uint Group;
    internal uint Local;
    internal int Interface;
}
