namespace Atlas.Core.Routing.Expressions;

/// <summary>
/// Tells whether a regular expression matches somewhere in a text, in time linear in both: all positions of the expression that
/// a match may have come to are bits of one word (Glushkov 1961; in words of a machine: Navarro and Raffinot, "Fast and simple
/// character classes and bounded gaps pattern matching", 2003). Immutable, some 2 KiB, and made in microseconds, where .NET's
/// engine without backtracking takes half a MiB and milliseconds, and allocates where two threads use it at once.
/// </summary>
internal sealed class PatternAutomaton
{
    /// <summary>The most characters that an expression can stand for where each repetition counts as often as it has to
    /// occur.</summary>
    public const int MaxPositions = 128;

    private readonly bool _matchesAll;
    private readonly bool _matchesEmpty;
    private readonly UInt128 _firstAtStart;
    private readonly UInt128 _first;
    private readonly UInt128 _last;
    private readonly UInt128 _lastAtEnd;

    // Most positions are followed by the next one at most: those that may follow by a shift, and those that have others.
    private readonly UInt128 _chained;
    private readonly UInt128 _branching;
    private readonly UInt128[] _follow;

    // The positions that take a character, by its class.
    private readonly byte[] _classes;
    private readonly UInt128[] _accepting;

    private PatternAutomaton(PatternPositions positions, PatternPart all)
    {
        _matchesAll = all.MatchesAll;
        _matchesEmpty = all.MatchesEmpty;
        _first = all.First;
        _firstAtStart = all.FirstAtStart;
        _last = all.Last;
        _lastAtEnd = all.LastAtEnd;
        _follow = positions.Follow();
        for (int i = 0; i < _follow.Length; i++)
        {
            UInt128 next = i + 1 < MaxPositions ? UInt128.One << (i + 1) : 0;
            bool isChained = (_follow[i] & ~next) == 0;
            _chained |= isChained ? _follow[i] : 0;
            _branching |= isChained ? 0 : UInt128.One << i;
        }

        (_classes, _accepting) = positions.Classes();
    }

    /// <summary>The automaton of an expression; null: it has too many positions, or is none that an automaton can tell of.</summary>
    public static PatternAutomaton? Of(List<PatternNode> branches)
    {
        var positions = new PatternPositions();
        PatternPart all = positions.AddAny(branches);
        return positions.IsLeftOut ? null : new PatternAutomaton(positions, all);
    }

    /// <summary>Whether there is a match. O(length times positions) at worst, usually O(length). Allocates nothing.</summary>
    public bool IsMatch(ReadOnlySpan<char> text)
    {
        // A dollar stands before a line feed at the end, too.
        int lineEnd = text is [.., '\n'] ? text.Length - 1 : text.Length;
        if (_matchesAll || (_matchesEmpty && lineEnd == 0))
        {
            return true;
        }

        UInt128 state = 0;
        UInt128 entering = _first | _firstAtStart;
        for (int i = 0; i < text.Length; i++)
        {
            UInt128 next = entering | ((state << 1) & _chained);
            for (UInt128 branching = state & _branching; branching != 0; branching &= branching - 1)
            {
                next |= _follow[(int)UInt128.TrailingZeroCount(branching)];
            }

            entering = _first;
            state = next & _accepting[_classes[CharacterSet.SymbolOf(text[i])]];
            if ((state & _last) != 0 || (i + 1 >= lineEnd && (state & _lastAtEnd) != 0))
            {
                return true;
            }

            if ((state | entering) == 0)
            {
                return false;
            }
        }

        return false;
    }
}
