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

    /// <summary>Finds a piece among those that the kernel has written (<c>CMSG_FIRSTHDR</c>, <c>CMSG_NXTHDR</c>).</summary>
    /// <param name="at">Where to begin; gets the place of the piece behind it.</param>
    /// <param name="end">Where all of them end.</param>
    /// <param name="level">The level of the piece.</param>
    /// <param name="type">Its type.</param>
    /// <param name="length">The length of its data, which end no later than all do; 0 where there is none.</param>
    /// <returns>Its data, as long-lived as the pieces; null: there is none.</returns>
    internal static unsafe byte* Find(ref byte* at, byte* end, int level, int type, out int length)
    {
        while (at + sizeof(ControlHeader) <= end)
        {
            var header = (ControlHeader*)at;
            byte* data = at + sizeof(ControlHeader);
            at += Math.Max((int)(header->Length + 7) & ~7, sizeof(ControlHeader));
            if (header->Level == level && header->Type == type)
            {
                length = (int)Math.Clamp((long)header->Length - sizeof(ControlHeader), 0, end - data);
                return data;
            }
        }

        length = 0;
        return null;
    }
}
