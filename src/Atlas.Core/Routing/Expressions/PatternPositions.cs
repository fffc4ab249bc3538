namespace Atlas.Core.Routing.Expressions;

/// <summary>Numbers the positions of an expression, each a character that it stands for, and finds out which may follow
/// which: Glushkov's construction.</summary>
internal sealed class PatternPositions
{
    // Copies that repetitions make of parts, those without positions included: a bound on the time that an expression takes.
    private const int MaxParts = 4 * PatternAutomaton.MaxPositions;

    private readonly List<CharacterSet> _sets = [];
    private readonly UInt128[] _follow = new UInt128[PatternAutomaton.MaxPositions];
    private int _parts;

    /// <summary>Whether the expression has more than an automaton can take, or a line's end before its end; what is said of it else is
    /// wrong then.</summary>
    public bool IsLeftOut { get; private set; }

    /// <summary>Gives a part new positions.</summary>
    public PatternPart Add(PatternNode node)
    {
        IsLeftOut |= ++_parts > MaxParts;
        return IsLeftOut ? default : node switch
        {
            PatternNode.One one => Add(one.Set),
            PatternNode.Start => PatternPart.AtStart,
            PatternNode.End => PatternPart.AtEnd,
            PatternNode.Sequence sequence => AddAll(sequence.Parts),
            PatternNode.Choice choice => AddAny(choice.Parts),
            PatternNode.Repeat repeat => Add(repeat),
            _ => throw new ArgumentOutOfRangeException(nameof(node)),
        };
    }

    /// <summary>Gives branches new positions.</summary>
    public PatternPart AddAny(List<PatternNode> branches) => branches.Select(Add).Aggregate(default(PatternPart), PatternPart.Or);

    /// <summary>For each position those that may follow it.</summary>
    public UInt128[] Follow() => _follow[.._sets.Count];

    /// <summary>Divides the symbols of <see cref="CharacterSet"/> into classes that are the same to all positions.</summary>
    /// <returns>The class of each symbol, and for each class the positions that take it.</returns>
    public (byte[] Classes, UInt128[] Accepting) Classes()
    {
        var accepting = new UInt128[CharacterSet.Symbols];
        for (int position = 0; position < _sets.Count; position++)
        {
            for (int symbol = 0; symbol < accepting.Length; symbol++)
            {
                accepting[symbol] |= _sets[position].Has(symbol) ? UInt128.One << position : 0;
            }
        }

        UInt128[] different = [.. accepting.Distinct()];
        return ([.. accepting.Select(positions => (byte)Array.IndexOf(different, positions))], different);
    }

    private PatternPart Add(CharacterSet set)
    {
        if (_sets.Count == PatternAutomaton.MaxPositions)
        {
            IsLeftOut = true;
            return default;
        }

        _sets.Add(set);
        return PatternPart.Of(_sets.Count - 1);
    }

    private PatternPart AddAll(List<PatternNode> parts)
    {
        PatternPart all = PatternPart.Empty;
        foreach (PatternNode part in parts)
        {
            all = Join(all, Add(part));
        }

        return all;
    }

    private PatternPart Add(PatternNode.Repeat repeat)
    {
        PatternPart all = PatternPart.Empty;
        int copies = repeat.Most == int.MaxValue ? Math.Max(repeat.Least, 1) : repeat.Most;
        for (int i = 0; i < copies && !IsLeftOut; i++)
        {
            PatternPart copy = Add(repeat.Part);
            if (i == copies - 1 && repeat.Most == int.MaxValue)
            {
                Connect(copy, copy);
            }

            all = Join(all, i < repeat.Least ? copy : PatternPart.Or(copy, PatternPart.Empty));
        }

        return all;
    }

    private PatternPart Join(PatternPart one, PatternPart next)
    {
        Connect(one, next);
        return PatternPart.Join(one, next);
    }

    private void Connect(PatternPart one, PatternPart next)
    {
        // The line feed at the text's end may follow what stands before it: such expressions are left out.
        IsLeftOut |= one.NeedsEnd && next.HasPositions;
        for (UInt128 from = one.Last; from != 0; from &= from - 1)
        {
            _follow[(int)UInt128.TrailingZeroCount(from)] |= next.First;
        }
    }
}
