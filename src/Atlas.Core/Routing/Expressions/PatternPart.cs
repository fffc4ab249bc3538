namespace Atlas.Core.Routing.Expressions;

/// <summary>Where a part of an expression begins and ends.</summary>
internal readonly record struct PatternPart
{
    // Where nothing matches it. In the number of each bit, one bit stands for the text's start and one for its end.
    private const int Anywhere = 1;
    private const int OnlyAtStart = 2;
    private const int OnlyAtEnd = 4;
    private const int OnlyInEmpty = 8;

    private int Nothing { get; init; }

    /// <summary>The positions that its first character may have.</summary>
    public UInt128 First { get; private init; }

    /// <summary>The positions that its first character may have where the text begins.</summary>
    public UInt128 FirstAtStart { get; private init; }

    /// <summary>The positions that its last character may have.</summary>
    public UInt128 Last { get; private init; }

    /// <summary>The positions that its last character may have where the text ends.</summary>
    public UInt128 LastAtEnd { get; private init; }

    /// <summary>Nothing, anywhere.</summary>
    public static PatternPart Empty { get; } = new() { Nothing = Anywhere };

    /// <summary>Nothing, at the text's start.</summary>
    public static PatternPart AtStart { get; } = new() { Nothing = OnlyAtStart };

    /// <summary>Nothing, at the text's end.</summary>
    public static PatternPart AtEnd { get; } = new() { Nothing = OnlyAtEnd };

    /// <summary>Whether nothing matches it, somewhere in every text.</summary>
    public bool MatchesAll => (Nothing & (Anywhere | OnlyAtStart | OnlyAtEnd)) != 0;

    /// <summary>Whether nothing matches it in a text that is empty.</summary>
    public bool MatchesEmpty => Nothing != 0;

    /// <summary>Whether it can be at the text's end only.</summary>
    public bool NeedsEnd => LastAtEnd != 0 || (Nothing & (OnlyAtEnd | OnlyInEmpty)) != 0;

    /// <summary>Whether it can be more than nothing.</summary>
    public bool HasPositions => (First | FirstAtStart) != 0;

    /// <summary>One position.</summary>
    public static PatternPart Of(int position) => new() { First = UInt128.One << position, Last = UInt128.One << position };

    /// <summary>One or the other.</summary>
    public static PatternPart Or(PatternPart one, PatternPart other) => new()
    {
        First = one.First | other.First,
        FirstAtStart = one.FirstAtStart | other.FirstAtStart,
        Last = one.Last | other.Last,
        LastAtEnd = one.LastAtEnd | other.LastAtEnd,
        Nothing = one.Nothing | other.Nothing,
    };

    /// <summary>One and then the other, which has no positions where the one needs the text's end.</summary>
    public static PatternPart Join(PatternPart one, PatternPart next) => new()
    {
        First = one.First | (one.Has(Anywhere) ? next.First : 0),
        FirstAtStart = one.FirstAtStart
            | (one.Has(Anywhere) ? next.FirstAtStart : 0)
            | (one.Has(OnlyAtStart) ? next.First | next.FirstAtStart : 0),
        Last = next.Last | (next.Has(Anywhere) ? one.Last : 0),
        LastAtEnd = next.LastAtEnd
            | (next.Has(Anywhere) ? one.LastAtEnd : 0)
            | (next.Has(OnlyAtEnd) ? one.Last | one.LastAtEnd : 0),
        Nothing = JoinNothing(one, next),
    };

    private static int JoinNothing(PatternPart one, PatternPart next)
    {
        int nothing = 0;
        foreach (int first in (ReadOnlySpan<int>)[0, 1, 2, 3])
        {
            foreach (int second in (ReadOnlySpan<int>)[0, 1, 2, 3])
            {
                nothing |= one.Has(1 << first) && next.Has(1 << second) ? 1 << (first | second) : 0;
            }
        }

        return nothing;
    }

    private bool Has(int condition) => (Nothing & condition) != 0;
}
