using System.Text;
using System.Text.RegularExpressions;

namespace Atlas.Core.Routing.Expressions;

/// <summary>
/// A regular expression over bytes, matched in time linear in the text's length whatever the client sends. Most are matched by a
/// <see cref="PatternAutomaton"/>; the others by .NET without backtracking (Moseley and others, "Derivative Based Nonbacktracking
/// Real-World Regex Matching with Backtracking Semantics", PLDI 2023), which takes milliseconds to make one and half a MiB to keep
/// it. Immutable.
/// </summary>
public sealed class TextExpression
{
    private readonly PatternAutomaton? _automaton;
    private readonly Regex? _regex;

    // Looked for first: most texts do not have it, and to find it takes a tenth of what the expression takes.
    private readonly byte[] _longest;

    /// <summary>Makes an expression.</summary>
    /// <exception cref="ArgumentException">It is not valid.</exception>
    /// <exception cref="NotSupportedException">It needs backtracking.</exception>
    public TextExpression(string pattern)
    {
        List<PatternNode>? branches = PatternParser.Parse(pattern);
        _automaton = branches is null ? null : PatternAutomaton.Of(branches);
        _regex = _automaton is null ? new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant) : null;
        Prefix = branches is null ? PrefixOf(pattern) : PatternLiterals.Prefix(branches);
        Literals = branches is null ? [] : [.. branches.Select(branch => PatternLiterals.Of(branch).ToArray())];
        _longest = Encoding.ASCII.GetBytes(Literals is [{ Length: > 0 } only] ? only.MaxBy(run => run.Length)! : "");
    }

    /// <summary>Whether it is one of those that cost next to nothing.</summary>
    public bool IsLight => _automaton is not null;

    /// <summary>Characters that every text which matches begins with; empty where that is not easily told.</summary>
    internal string Prefix { get; }

    /// <summary>Characters that every text which matches contains: all runs of one of the branches. None where that is not easily
    /// told.</summary>
    internal IReadOnlyList<string[]> Literals { get; }

    /// <summary>Whether the expression matches somewhere in the text; never in one that is too long.</summary>
    /// <param name="text">In UTF-8; bytes that are none become U+FFFD.</param>
    /// <param name="scratch">Memory of the calling worker.</param>
    public bool IsMatch(ReadOnlySpan<byte> text, RouteScratch scratch)
    {
        if (text.Length > RouteScratch.MaxRegexBytes || text.IndexOf(_longest) < 0)
        {
            return false;
        }

        ReadOnlySpan<char> characters = scratch.Widen(text);
        return _automaton?.IsMatch(characters) ?? _regex!.IsMatch(characters);
    }

    // Of one that is left to .NET: what follows ^ up to the first character that could mean something else.
    private static string PrefixOf(string pattern)
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
