using System.Text;

namespace Atlas.Protocols.Tests;

/// <summary>Texts as the bytes they stand for: one byte a character.</summary>
internal static class Bytes
{
    public static byte[] Of(string text) => Encoding.Latin1.GetBytes(text);

    public static string Text(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);

    /// <summary>The cases that cover every way to cut in two, byte by byte, and whole.</summary>
    /// <param name="length">The number of bytes.</param>
    /// <returns>Ascending ends of the prefixes to feed; each list ends with the length.</returns>
    public static IEnumerable<int[]> Splits(int length)
    {
        yield return [length];
        yield return Enumerable.Range(1, length).ToArray();
        for (int cut = 0; cut < length; cut++)
        {
            yield return [cut, length];
        }
    }
}
