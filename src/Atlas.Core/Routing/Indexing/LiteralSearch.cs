namespace Atlas.Core.Routing.Indexing;

/// <summary>
/// Finds which of many literals stand in a text, in one pass over it: the automaton of Aho and Corasick ("Efficient string
/// matching: an aid to bibliographic search", 1975). A state is what was read last, as far as a literal begins with it. States are
/// numbered in breadth, so that those that follow one lie side by side. Immutable.
/// </summary>
internal sealed class LiteralSearch
{
    private readonly State[] _states;

    // The byte that leads to a state.
    private readonly byte[] _labels;
    private readonly int[] _fromRoot = new int[256];

    /// <summary>A search for these literals. O(length of all).</summary>
    /// <param name="literals">Different ones, none empty.</param>
    public LiteralSearch(byte[][] literals)
    {
        int[] order = [.. Enumerable.Range(0, literals.Length)];
        Array.Sort(order, (one, other) => literals[one].AsSpan().SequenceCompareTo(literals[other]));

        // Each state has a part of the sorted literals: those that begin with what leads to it.
        List<(int Start, int End, int Depth)> parts = [(0, order.Length, 0)];
        List<State> states = [new State { Literal = -1 }];
        List<byte> labels = [0];
        for (int state = 0; state < states.Count; state++)
        {
            (int start, int end, int depth) = parts[state];
            states[state] = states[state] with { FirstChild = states.Count };
            int next = literals.Length > 0 && literals[order[start]].Length == depth ? start + 1 : start;
            while (next < end)
            {
                byte label = literals[order[next]][depth];
                int first = next;
                while (next < end && literals[order[next]][depth] == label)
                {
                    next++;
                }

                bool isLiteral = literals[order[first]].Length == depth + 1;
                parts.Add((first, next, depth + 1));
                labels.Add(label);
                states.Add(new State { Literal = isLiteral ? order[first] : -1 });
            }
        }

        // One more, so that each state's children end where those of the next one begin.
        states.Add(new State { FirstChild = states.Count, Literal = -1 });
        _states = [.. states];
        _labels = [.. labels];
        for (int child = _states[0].FirstChild; child < _states[1].FirstChild; child++)
        {
            _fromRoot[_labels[child]] = child;
        }

        Link();
    }

    /// <summary>Adds the literals that stand in a text to the hits of a scratch, each once, in the order in which they were given.
    /// O(length and hits).</summary>
    /// <returns>The place of the first of these hits.</returns>
    public int Collect(scoped ReadOnlySpan<byte> text, RouteScratch scratch)
    {
        int start = scratch.BeginHits(_states.Length);
        int state = 0;
        foreach (byte next in text)
        {
            state = Step(state, next);
            for (int found = _states[state].Nearest; found != 0; found = _states[_states[found].Fallback].Nearest)
            {
                scratch.AddHit(_states[found].Literal, mark: found);
            }
        }

        scratch.SortHits(start);
        return start;
    }

    // What a state falls back to is shorter, and so has a lower number and is linked before.
    private void Link()
    {
        for (int state = 0; state < _labels.Length; state++)
        {
            for (int child = _states[state].FirstChild; child < _states[state + 1].FirstChild; child++)
            {
                int fallback = state == 0 ? 0 : Step(_states[state].Fallback, _labels[child]);
                _states[child].Fallback = fallback;
                _states[child].Nearest = _states[child].Literal >= 0 ? child : _states[fallback].Nearest;
            }
        }
    }

    private int Step(int state, byte label)
    {
        while (state != 0)
        {
            int first = _states[state].FirstChild;
            int child = _labels.AsSpan(first, _states[state + 1].FirstChild - first).IndexOf(label);
            if (child >= 0)
            {
                return first + child;
            }

            state = _states[state].Fallback;
        }

        return _fromRoot[label];
    }

    private record struct State
    {
        // The first of the states that one more byte leads to; they end where those of the next state begin.
        internal int FirstChild;

        // The longest end of it that is a state, too.
        internal int Fallback;

        // The longest end of it that is a literal, itself included; 0: there is none.
        internal int Nearest;

        // Which literal it is; -1: none.
        internal int Literal;
    }
}
