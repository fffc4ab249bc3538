using System.Text;
using Atlas.Core.Configuration;

namespace Atlas.Control.Configuration.Kinds;

/// <summary>What UDP probes send and expect.</summary>
internal static class Payloads
{
    /// <summary>The most bytes of a payload: what passes everywhere in one packet (RFC 8200 5, less the headers).</summary>
    public const int MaxBytes = 1_232;

    private const string HexMark = "hex:";

    /// <summary>The bytes of a probe.</summary>
    public static ScalarKind<ProbePayload> Payload { get; } = new(
        $"\"text\" or \"hex:00ff…\", 1 to {MaxBytes} bytes",
        (string text, out ProbePayload value, ref string? hint) => TryRead(text, out value, ref hint) && text.Length > 0,
        value => value.Text.Length == 0 ? "\"\"" : value.ToString(),
        Schema.Loose)
    {
        WithEdges =
        [
            (new string('a', MaxBytes), true),
            (new string('a', MaxBytes + 1), false),
            (HexMark + new string('a', 2 * MaxBytes), true),
            (HexMark + new string('a', (2 * MaxBytes) + 2), false),
            ("hex:00 FF", true),
            ("hex:0", false),
            ("hex:0g", false),
            ("", false),
        ],
    };

    /// <summary>What an answer is like.</summary>
    public static ScalarKind<ReplyPattern> Reply { get; } = new(
        $"\"text\" or \"hex:00ff…\" that it begins with, at most {MaxBytes} bytes, or \"~ regex\"",
        (string text, out ReplyPattern value, ref string? hint) =>
        {
            value = ReplyPattern.Any;
            if (text is ['~', ..])
            {
                string regex = text[1..].TrimStart();
                value = new ReplyPattern(regex, ProbePayload.Empty);
                return Patterns.IsRegex(regex, ref hint);
            }

            bool isRead = TryRead(text, out ProbePayload prefix, ref hint);
            value = new ReplyPattern(Regex: null, prefix);
            return isRead;
        },
        value => value == ReplyPattern.Any ? "\"\"" : value.ToString(),
        Schema.Loose)
    {
        WithEdges = [(new string('a', MaxBytes), true), (new string('a', MaxBytes + 1), false), ("~ a|b", true), ("~ (", false), ("hex:0", false)],
    };

    private static bool TryRead(string text, out ProbePayload value, ref string? hint)
    {
        value = new ProbePayload(IsHex: false, text);
        if (!text.StartsWith(HexMark, StringComparison.Ordinal))
        {
            return Encoding.UTF8.GetByteCount(text) <= MaxBytes;
        }

        string digits = text[HexMark.Length..].Replace(" ", "", StringComparison.Ordinal).ToLowerInvariant();
        value = new ProbePayload(IsHex: true, digits);
        bool isHex = digits.Length > 0 && digits.Length % 2 == 0 && digits.All(char.IsAsciiHexDigit);
        hint = isHex ? null : "after hex: stand two hexadecimal digits for each byte; blanks may be between them";
        return isHex && digits.Length <= 2 * MaxBytes;
    }
}
