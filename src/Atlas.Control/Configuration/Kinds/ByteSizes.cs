using System.Globalization;

namespace Atlas.Control.Configuration.Kinds;

/// <summary>Sizes: a whole number with a binary unit.</summary>
internal static class ByteSizes
{
    private static readonly (string Unit, long Bytes)[] Units =
        [("B", 1), ("KiB", 1L << 10), ("MiB", 1L << 20), ("GiB", 1L << 30), ("TiB", 1L << 40)];

    /// <summary>A size in bytes that fits an <see cref="int"/>.</summary>
    public static ScalarKind<int> Small(int min, int max) => Make(min, max, bytes => (int)bytes, value => value);

    /// <summary>A size in bytes.</summary>
    public static ScalarKind<long> Large(long min, long max) => Make(min, max, bytes => bytes, value => value);

    /// <summary>A size in the largest unit that it is a whole number of.</summary>
    public static string Format(long bytes)
    {
        var unit = bytes == 0 ? Units[0] : Units.Last(candidate => bytes % candidate.Bytes == 0);
        return string.Create(CultureInfo.InvariantCulture, $"{bytes / unit.Bytes}{unit.Unit}");
    }

    private static ScalarKind<T> Make<T>(long min, long max, Func<long, T> narrow, Func<T, long> widen)
        where T : struct => new(
        $"a size from {Format(min)} to {Format(max)}, such as 512B, 16KiB or 1MiB",
        (string text, out T value, ref string? hint) =>
        {
            bool isSize = TryParse(text, out long bytes, ref hint) && bytes >= min && bytes <= max;
            value = isSize ? narrow(bytes) : default;
            return isSize;
        },
        value => Format(widen(value)),
        Schema.Text("[0-9]+(B|KiB|MiB|GiB|TiB)"))
    {
        WithEdges = [(Format(min), true), (Format(max), true), ($"{min - 1}B", false), ($"{max + 1}B", false)],
    };

    private static bool TryParse(string text, out long bytes, ref string? hint)
    {
        int digits = text.AsSpan().IndexOfAnyExceptInRange('0', '9');
        bytes = 0;
        if (digits < 0)
        {
            hint = text.Length > 0 ? "it has no unit: B, KiB, MiB, GiB or TiB" : null;
            return false;
        }

        string unit = text[digits..];
        long factor = Units.FirstOrDefault(candidate => candidate.Unit == unit).Bytes;
        hint = digits > 0 && factor == 0 ? "the units are B, KiB, MiB, GiB and TiB" : null;

        // 13 digits of bytes are more than any limit, and 6 digits of TiB stay below the range of a long.
        if (digits is 0 or > 13 || factor == 0)
        {
            return false;
        }

        long number = long.Parse(text.AsSpan(0, digits), NumberStyles.None, CultureInfo.InvariantCulture);
        if (number > long.MaxValue / factor)
        {
            return false;
        }

        bytes = number * factor;
        return true;
    }
}
