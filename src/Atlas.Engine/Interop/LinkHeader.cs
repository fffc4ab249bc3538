using System.Runtime.InteropServices;

namespace Atlas.Engine.Interop;

/// <summary><c>struct ifinfomsg</c>: the head of messages about links.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct LinkHeader
{
    internal byte Family;
    internal byte Padding;

    /// <summary>The kind of hardware (ARPHRD_).</summary>
    internal ushort Hardware;
    internal int Index;
    internal uint Flags;
    internal uint Changed;
}
