using System.Runtime.InteropServices;

namespace Atlas.Engine.Interop;

/// <summary><c>struct rtattr</c>: the head of an attribute. Attributes begin at multiples of 4 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct RouteAttribute
{
    /// <summary>Bytes of this head and of the value, without what fills up to the next attribute.</summary>
    internal ushort Length;
    internal ushort Type;
}
