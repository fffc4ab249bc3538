namespace Atlas.Core.Balancing;

/// <summary>Which member of a roster has which turn, each as often as its weight says. Immutable.</summary>
internal abstract class TurnOrder
{
    /// <summary>Steps that the building of a table may take: about 1 ms.</summary>
    internal const long MaxTableSteps = 1 << 20;

    /// <summary>Makes the order of a roster with at least one member: a table of smooth weighted round robin where it is small
    /// enough, which it is for any hundred servers whose weights are below a hundred; else turns that are spread.
    /// O(<see cref="MaxTableSteps"/> + servers).</summary>
    internal static TurnOrder Of(Roster roster)
    {
        int[] weights = ReducedWeights(roster);
        long total = weights.Sum(weight => (long)weight);
        return total == weights.Length ? new TableOrder(roster.Members.ToArray())
            : total * weights.Length <= MaxTableSteps ? new TableOrder(SmoothSequence.Of(roster.Members, weights))
            : new SpreadOrder(new CumulativeWeights(roster.Members, weights));
    }

    /// <summary>The index in the pool of the member whose turn it is.</summary>
    internal abstract int At(ulong turn);

    /// <summary>The members' weights, divided by what divides all of them.</summary>
    internal static int[] ReducedWeights(Roster roster)
    {
        int divisor = 0;
        foreach (int member in roster.Members)
        {
            (int a, int b) = (divisor, roster.Weights[member]);
            while (b != 0)
            {
                (a, b) = (b, a % b);
            }

            divisor = a;
        }

        int[] weights = new int[roster.Members.Length];
        for (int i = 0; i < weights.Length; i++)
        {
            weights[i] = roster.Weights[roster.Members[i]] / divisor;
        }

        return weights;
    }
}
