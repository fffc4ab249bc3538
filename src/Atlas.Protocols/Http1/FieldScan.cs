using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Atlas.Protocols.Http1;

/// <summary>
/// The two searches that a field line costs, inlined. Names and values are short, so that a call of the library's search for
/// a set of bytes costs more than the search: half as much again for a whole head when compiled ahead of time.
/// </summary>
internal static class FieldScan
{
    /// <summary>
    /// The index of the first control character other than HTAB at or after <paramref name="start"/>, which is where a value
    /// ends; the buffer's length if there is none.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int IndexOfControl(ReadOnlySpan<byte> buffer, int start)
    {
        int i = start;
        while (buffer.Length - i >= Vector128<byte>.Count)
        {
            Vector128<byte> bytes = Vector128.Create(buffer.Slice(i, Vector128<byte>.Count));
            Vector128<byte> controls = Vector128.AndNot(
                Vector128.LessThan(bytes, Vector128.Create((byte)0x20)),
                Vector128.Equals(bytes, Vector128.Create((byte)'\t')));
            uint found = (controls | Vector128.Equals(bytes, Vector128.Create((byte)0x7F))).ExtractMostSignificantBits();
            if (found != 0)
            {
                return i + int.TrailingZeroCount((int)found);
            }

            i += Vector128<byte>.Count;
        }

        return IndexOfControlInRest(buffer, i);
    }

    /// <summary>
    /// The index of the first colon in the 32 bytes from <paramref name="start"/>, enough for nearly all known names; -1 if
    /// there is none. It may miss one in the last 15 bytes of the buffer.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int IndexOfNearColon(ReadOnlySpan<byte> buffer, int start)
    {
        int size = Vector128<byte>.Count;
        int end = Math.Min(buffer.Length - size, start + size);
        for (int i = start; i <= end; i += size)
        {
            Vector128<byte> bytes = Vector128.Create(buffer.Slice(i, size));
            uint found = Vector128.Equals(bytes, Vector128.Create((byte)':')).ExtractMostSignificantBits();
            if (found != 0)
            {
                return i + int.TrailingZeroCount((int)found);
            }
        }

        return -1;
    }

    private static int IndexOfControlInRest(ReadOnlySpan<byte> buffer, int start)
    {
        int i = start;
        while (i < buffer.Length && (buffer[i] is >= 0x20 and not 0x7F or (byte)'\t'))
        {
            i++;
        }

        return i;
    }
}
