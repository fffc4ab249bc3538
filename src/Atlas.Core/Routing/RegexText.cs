using System.Text.RegularExpressions;

namespace Atlas.Core.Routing;

/// <summary>Regular expressions over bytes, in time linear in the text's length whatever the client sends.</summary>
internal static class RegexText
{
    /// <summary>
    /// An expression without lookaround and back references, matched without backtracking (Moseley and others, "Derivative Based
    /// Nonbacktracking Real-World Regex Matching with Backtracking Semantics", PLDI 2023).
    /// </summary>
    /// <exception cref="ArgumentException">It is not valid.</exception>
    /// <exception cref="NotSupportedException">It needs backtracking.</exception>
    public static Regex Compile(string pattern) => new(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);

    /// <summary>Whether the expression matches somewhere in the text; never in one that is too long.</summary>
    public static bool IsMatch(Regex regex, ReadOnlySpan<byte> text, RouteScratch scratch) =>
        text.Length <= RouteScratch.MaxRegexBytes && regex.IsMatch(scratch.Widen(text));

    /// <summary>
    /// Characters that every match begins with at the text's start: those after <c>^</c> up to the first that could mean
    /// something else. Empty where that is not easily told.
    /// </summary>
    public static string LiteralPrefix(string pattern)
    {
        if (!pattern.StartsWith('^') || pattern.Contains('|', StringComparison.Ordinal))
        {
            return "";
        }

        int end = 1;
        while (end < pattern.Length && IsLiteral(pattern[end]))
        {
            end++;
        }

        // A quantifier is about the character before it.
        bool isQuantified = end < pattern.Length && pattern[end] is '*' or '?' or '+' or '{';
        return pattern[1..Math.Max(1, isQuantified ? end - 1 : end)];
    }

    private static bool IsLiteral(char c) => char.IsAsciiLetterOrDigit(c) || c is '/' or '-' or '_' or '~' or '=' or ':' or ',' or '%';
}
