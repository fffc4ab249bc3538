using System.Globalization;
using Atlas.Core.Configuration;

namespace Atlas.Control.Configuration.Kinds;

/// <summary>Whole numbers, shares and rates.</summary>
internal static class Numbers
{
    /// <summary>A whole number.</summary>
    public static ScalarKind<int> Integer(int min, int max) => new(
        $"a whole number from {min} to {max}",
        (string text, out int value, ref string? hint) =>
        {
            if (text.Length > 1 && text[0] == '0' && text.AsSpan().IndexOfAnyExceptInRange('0', '9') < 0)
            {
                hint = "numbers are decimal: write it without the 0 in front";
                value = 0;
                return false;
            }

            return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value >= min && value <= max;
        },
        value => value.ToString(CultureInfo.InvariantCulture),
        Schema.Integer(min, max))
    {
        WithEdges =
        [
            ($"{min}", true), ($"{max}", true), ($"{max + 1L}", false), ($"{min - 1L}", false),
        ],
    };

    /// <summary>A share, written with a percent sign and read into 0 to 1.</summary>
    /// <param name="aboveZero">Whether 0% is refused.</param>
    public static ScalarKind<double> Share(bool aboveZero = false) => new(
        aboveZero ? "a share above 0% up to 100%, such as 50% or 0.5%" : "a share from 0% to 100%, such as 50% or 0.5%",
        (string text, out double value, ref string? hint) =>
        {
            value = 0;
            bool hasSign = text.EndsWith('%');
            string number = hasSign ? text[..^1] : text;
            bool isNumber = number.Length is > 0 and <= 16 && char.IsAsciiDigit(number[0]) && char.IsAsciiDigit(number[^1])
                && double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out value);
            value /= 100;
            hint = isNumber && !hasSign ? "it has no percent sign" : null;
            return isNumber && hasSign && value <= 1 && (value > 0 || !aboveZero);
        },
        value => string.Create(CultureInfo.InvariantCulture, $"{(decimal)value * 100:0.######}%"),
        Schema.Text(@"[0-9]+(\.[0-9]+)?%"))
    {
        WithEdges = [("100%", true), ("100.1%", false), ("0.001%", true), ("0%", !aboveZero), ("-1%", false)],
    };

    /// <summary>A whole number with a percent sign, which may be above 100.</summary>
    public static ScalarKind<int> Percent(int min, int max) => new(
        $"a whole percentage from {min}% to {max}%",
        (string text, out int value, ref string? hint) =>
        {
            bool hasSign = text.EndsWith('%');
            bool isNumber = int.TryParse(hasSign ? text[..^1] : text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
            hint = isNumber && !hasSign ? "it has no percent sign" : null;
            return isNumber && hasSign && value >= min && value <= max;
        },
        value => string.Create(CultureInfo.InvariantCulture, $"{value}%"),
        Schema.Text("[0-9]+%"))
    {
        WithEdges = [($"{min}%", true), ($"{max}%", true), ($"{max + 1L}%", false), ($"{min - 1L}%", false), ($"{min}", false)],
    };

    /// <summary>So many in a time.</summary>
    /// <param name="max">The most.</param>
    public static ScalarKind<Rate> Rate(int max) => new(
        $"a rate from 1 to {max} per time, such as 100/s, 600/m or 5000/h",
        (string text, out Rate value, ref string? hint) =>
        {
            int slash = text.IndexOf('/', StringComparison.Ordinal);
            int periodMs = slash < 0 ? 0 : text[(slash + 1)..] switch { "s" => 1000, "m" => 60_000, "h" => 3_600_000, _ => 0 };
            int count = 0;
            bool isRate = periodMs > 0 && text[0] != '0'
                && int.TryParse(text.AsSpan(0, slash), NumberStyles.None, CultureInfo.InvariantCulture, out count) && count <= max;
            value = isRate ? new Rate(count, periodMs) : default;
            return isRate;
        },
        value => value.ToString(),
        Schema.Text("[1-9][0-9]*/[smh]"))
    {
        WithEdges = [("1/s", true), ($"{max}/h", true), ("0/s", false), ($"{max + 1L}/m", false)],
    };

    /// <summary><c>true</c> or <c>false</c>.</summary>
    public static ScalarKind<bool> Bool { get; } = new(
        "true or false",
        (string text, out bool value, ref string? hint) =>
        {
            value = text == "true";
            hint = text.ToLowerInvariant() switch
            {
                "yes" or "on" or "y" or "true" => "write true",
                "no" or "off" or "n" or "false" => "write false",
                _ => null,
            };
            return text is "true" or "false";
        },
        value => value ? "true" : "false",
        writer => writer.WriteString("type", "boolean"));
}
