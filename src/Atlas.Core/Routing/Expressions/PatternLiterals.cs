using System.Text;

namespace Atlas.Core.Routing.Expressions;

/// <summary>Characters that stand in every text that a branch of an expression matches.</summary>
internal static class PatternLiterals
{
    /// <summary>Runs of characters that all occur, in their order; none where nothing is certain.</summary>
    public static List<string> Of(PatternNode branch)
    {
        List<string> runs = [];
        var run = new StringBuilder();
        Add(branch, run, runs);
        End(run, runs);
        return runs;
    }

    /// <summary>The characters that a text begins with; none where that is not certain.</summary>
    public static string Prefix(List<PatternNode> branches)
    {
        var prefix = new StringBuilder();
        if (branches is [PatternNode.Sequence { Parts: [PatternNode.Start, ..] } only])
        {
            AddPrefix(only, prefix);
        }

        return prefix.ToString();
    }

    private static void Add(PatternNode node, StringBuilder run, List<string> runs)
    {
        switch (node)
        {
            case PatternNode.One { Set.Only: >= 0 } one:
                run.Append((char)one.Set.Only);
                break;
            case PatternNode.Sequence sequence:
                sequence.Parts.ForEach(part => Add(part, run, runs));
                break;
            case PatternNode.Repeat { Least: > 0 } repeat:
                // What comes before the first time, or after the last one, is not next to what comes after or before.
                End(run, runs);
                Add(repeat.Part, run, runs);
                End(run, runs);
                break;
            default:
                End(run, runs);
                break;
        }
    }

    private static void End(StringBuilder run, List<string> runs)
    {
        if (run.Length > 0)
        {
            runs.Add(run.ToString());
            run.Clear();
        }
    }

    // Whether the prefix may go on after it.
    private static bool AddPrefix(PatternNode node, StringBuilder prefix)
    {
        switch (node)
        {
            case PatternNode.One { Set.Only: >= 0 } one:
                prefix.Append((char)one.Set.Only);
                return true;
            case PatternNode.Start:
                return true;
            case PatternNode.Sequence sequence:
                return sequence.Parts.TrueForAll(part => AddPrefix(part, prefix));
            default:
                return false;
        }
    }
}
