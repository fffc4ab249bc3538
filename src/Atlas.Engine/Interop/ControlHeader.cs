using System.Runtime.InteropServices;

namespace Atlas.Engine.Interop;

/// <summary><c>struct cmsghdr</c> of 64-bit Linux: the head of a piece of ancillary data, whose data follow it. Pieces begin at
/// multiples of 8 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ControlHeader
{
    /// <summary>Bytes of this head and of the data, without what fills up to the next piece.</summary>
    internal nuint Length;
    internal int Level;
    internal int Type;

    /// <summary><c>CMSG_SPACE</c>: what a piece with so many bytes of data takes.</summary>
    internal static unsafe int Space(int dataLength) => sizeof(ControlHeader) + ((dataLength + 7) & ~7);

    /// <summary><c>CMSG_LEN</c>.</summary>
    internal static unsafe nuint LengthOf(int dataLength) => (nuint)(sizeof(ControlHeader) + dataLength);
}
