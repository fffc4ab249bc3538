using System.Globalization;

namespace Atlas.Control.Configuration.Kinds;

/// <summary>Durations: a whole number with one unit.</summary>
internal static class Durations
{
    private static readonly (string Unit, long Ms)[] Units = [("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)];

    // A day is better known as 24h.
    private const long FirstInDays = 2 * 86_400_000L;

    /// <summary>A duration, read into milliseconds.</summary>
    public static ScalarKind<int> Milliseconds(int minMs, int maxMs, int stepMs = 1) => new(
        $"a duration from {Format(minMs)} to {Format(maxMs)}{(stepMs > 1 ? $" in steps of {Format(stepMs)}" : "")}, such as 250ms, 5s, 2m or 1h",
        (string text, out int value, ref string? hint) =>
        {
            bool isDuration = TryParse(text, out long ms, ref hint) && ms >= minMs && ms <= maxMs && ms % stepMs == 0;
            value = isDuration ? (int)ms : 0;
            return isDuration;
        },
        value => Format(value),
        Schema.Text("[0-9]+(ms|s|m|h|d)"))
    {
        WithEdges = [(Format(minMs), true), (Format(maxMs), true), ($"{minMs - 1}ms", false), ($"{(long)maxMs + 1}ms", false)],
    };

    /// <summary>A duration of whole seconds, read into seconds.</summary>
    public static ScalarKind<int> Seconds(int min, int max) => new(
        $"a duration of whole seconds from {Format(min * 1000L)} to {Format(max * 1000L)}, such as 5s, 2m, 1h or 30d",
        (string text, out int value, ref string? hint) =>
        {
            bool isDuration = TryParse(text, out long ms, ref hint) && ms % 1000 == 0 && ms / 1000 >= min && ms / 1000 <= max;
            value = isDuration ? (int)(ms / 1000) : 0;
            return isDuration;
        },
        value => Format(value * 1000L),
        Schema.Text("[0-9]+(ms|s|m|h|d)"))
    {
        WithEdges = [($"{min}s", true), ($"{max}s", true), ($"{min - 1}s", false), ($"{max + 1L}s", false), ($"{min}s1ms", false)],
    };

    /// <summary>A duration in the largest unit that it is a whole number of; days from two on.</summary>
    public static string Format(long ms)
    {
        var unit = ms == 0 ? Units[1] : Units.Last(candidate => ms % candidate.Ms == 0 && (candidate.Unit != "d" || ms >= FirstInDays));
        return string.Create(CultureInfo.InvariantCulture, $"{ms / unit.Ms}{unit.Unit}");
    }

    /// <summary>Reads a duration into milliseconds.</summary>
    /// <param name="text">What is written.</param>
    /// <param name="ms">0 or more; 0 if it is none.</param>
    /// <param name="hint">What would help, if it is none and something comes to mind.</param>
    internal static bool TryParse(string text, out long ms, ref string? hint)
    {
        int digits = text.AsSpan().IndexOfAnyExceptInRange('0', '9');
        ms = 0;
        if (digits < 0)
        {
            hint = text.Length > 0 ? "it has no unit: ms, s, m, h or d" : null;
            return false;
        }

        string unit = text[digits..];
        long factor = Units.FirstOrDefault(candidate => candidate.Unit == unit).Ms;
        hint = unit.StartsWith('.') ? "write a whole number with a smaller unit, as 1500ms for one and a half seconds"
            : digits > 0 && factor == 0 ? "the units are ms, s, m, h and d, and one number has one unit"
            : null;

        // 11 digits and the largest unit stay below the range of a long.
        if (digits is 0 or > 11 || factor == 0)
        {
            return false;
        }

        ms = long.Parse(text.AsSpan(0, digits), NumberStyles.None, CultureInfo.InvariantCulture) * factor;
        return true;
    }
}
