using System.Globalization;

namespace Atlas.Core.Routing.Expressions;

/// <summary>
/// Reads the regular expressions that most routes have: ASCII characters, sets, <c>.</c>, <c>\d \w \s</c> and their complements,
/// groups, <c>|</c>, quantifiers, <c>^</c> and <c>$</c>. Everything else, all that is not valid included, it
/// leaves to .NET, whose meaning what it reads has, too.
/// </summary>
internal ref struct PatternParser
{
    // Deeper groups are left to .NET: a bound on recursion.
    private const int MaxDepth = 16;

    // More repetitions make more positions than an automaton has.
    private const int MaxCount = PatternAutomaton.MaxPositions;

    private readonly ReadOnlySpan<char> _text;
    private int _at;

    private PatternParser(ReadOnlySpan<char> text) => _text = text;

    private readonly bool IsAtEnd => _at == _text.Length;

    /// <summary>The branches of an expression, which stand between <c>|</c> in no group; null: it is left to .NET.
    /// O(length).</summary>
    public static List<PatternNode>? Parse(string pattern)
    {
        var parser = new PatternParser(pattern);
        return parser.Branches(depth: 0) is { } branches && parser.IsAtEnd ? branches : null;
    }

    private List<PatternNode>? Branches(int depth)
    {
        List<PatternNode> branches = [];
        do
        {
            if (Sequence(depth) is not { } branch)
            {
                return null;
            }

            branches.Add(branch);
        }
        while (Skips('|'));

        return branches;
    }

    // Ends before what is none of its parts.
    private PatternNode.Sequence? Sequence(int depth)
    {
        List<PatternNode> parts = [];
        while (!IsAtEnd && _text[_at] is not ('|' or ')'))
        {
            PatternNode? part = Skips('^') ? new PatternNode.Start()
                : Skips('$') ? new PatternNode.End()
                : Part(depth) is { } quantifiable ? Quantified(quantifiable)
                : null;
            if (part is null)
            {
                return null;
            }

            parts.Add(part);
        }

        return new PatternNode.Sequence(parts);
    }

    private PatternNode? Part(int depth)
    {
        char c = _text[_at++];
        return c switch
        {
            '(' => Group(depth),
            '[' => Set() is { } set ? new PatternNode.One(set) : null,
            '\\' => Escape() is { } set ? new PatternNode.One(set) : null,
            '.' => new PatternNode.One(CharacterSet.Any),
            '*' or '+' or '?' or '{' or '}' or ']' => null,
            _ => char.IsAscii(c) ? new PatternNode.One(CharacterSet.Of(c)) : null,
        };
    }

    private PatternNode? Group(int depth)
    {
        if (depth == MaxDepth || (Skips('?') && !Skips(':') && !SkipsName()))
        {
            return null;
        }

        List<PatternNode>? branches = Branches(depth + 1);
        return branches is null || !Skips(')') ? null : branches is [var only] ? only : new PatternNode.Choice(branches);
    }

    // The name of a group, such as <id>.
    private bool SkipsName()
    {
        if (!Skips('<') || IsAtEnd || char.IsAsciiDigit(_text[_at]))
        {
            return false;
        }

        while (!IsAtEnd && (char.IsAsciiLetterOrDigit(_text[_at]) || _text[_at] == '_'))
        {
            _at++;
        }

        return Skips('>');
    }

    private CharacterSet? Escape()
    {
        if (IsAtEnd)
        {
            return null;
        }

        char c = _text[_at++];
        return c switch
        {
            'd' => CharacterSet.Digits,
            'D' => CharacterSet.Digits.Complement(),
            'w' => CharacterSet.Words,
            'W' => CharacterSet.Words.Complement(),
            's' => CharacterSet.Spaces,
            'S' => CharacterSet.Spaces.Complement(),

            // A backslash before these begins a back reference.
            '<' or '\'' => null,
            _ => char.IsAsciiLetterOrDigit(c) || c is <= ' ' or '_' or > '~' ? null : CharacterSet.Of(c),
        };
    }

    private CharacterSet? Set()
    {
        bool isComplement = Skips('^');
        CharacterSet set = default;
        int first = _at;
        while (!IsAtEnd && (_text[_at] != ']' || _at == first))
        {
            if (SetPart(isFirst: _at == first) is not { } part)
            {
                return null;
            }

            set |= part;
        }

        return !Skips(']') ? null : isComplement ? set.Complement() : set;
    }

    // A character, a range, or a set of its own. A hyphen is one where it is the first or the last; a bracket is left to .NET.
    private CharacterSet? SetPart(bool isFirst)
    {
        char c = _text[_at++];
        bool isLast = !IsAtEnd && _text[_at] == ']';
        CharacterSet? from = c == '\\' ? Escape()
            : c is '[' or ']' || !char.IsAscii(c) || (c == '-' && !isFirst && !isLast) ? null
            : CharacterSet.Of(c);
        if (from is null || IsAtEnd || _text[_at] != '-' || (_at + 1 < _text.Length && _text[_at + 1] == ']'))
        {
            return from;
        }

        _at++;
        if (IsAtEnd || _text[_at] is '[' or '\\' || !char.IsAscii(_text[_at]) || from.Value.Only < 0 || from.Value.Only > _text[_at])
        {
            return null;
        }

        return CharacterSet.Range((char)from.Value.Only, _text[_at++]);
    }

    private PatternNode? Quantified(PatternNode part)
    {
        (int Least, int Most)? counts = Skips('*') ? (0, int.MaxValue)
            : Skips('+') ? (1, int.MaxValue)
            : Skips('?') ? (0, 1)
            : Skips('{') ? Counts()
            : (1, 1);
        if (counts is not { } found || found == (1, 1))
        {
            return counts is null ? null : part;
        }

        // Whether as little or as much as possible is taken makes no difference to whether there is a match.
        Skips('?');
        return new PatternNode.Repeat(part, found.Least, found.Most);
    }

    private (int Least, int Most)? Counts()
    {
        int least = Count();
        int most = least;
        if (Skips(','))
        {
            most = !IsAtEnd && _text[_at] == '}' ? int.MaxValue : Count();
        }

        return least >= 0 && most >= Math.Max(least, 1) && Skips('}') ? (least, most) : null;
    }

    private int Count()
    {
        int start = _at;
        while (!IsAtEnd && char.IsAsciiDigit(_text[_at]))
        {
            _at++;
        }

        return int.TryParse(_text[start.._at], NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count <= MaxCount ? count : -1;
    }

    private bool Skips(char c)
    {
        bool isThere = _at < _text.Length && _text[_at] == c;
        _at += isThere ? 1 : 0;
        return isThere;
    }
}
