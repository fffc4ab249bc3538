namespace Atlas.Core.Balancing;

/// <summary>
/// Smooth weighted round robin, as nginx does it: at each turn every member gains its weight, the one that has most takes the
/// turn and pays the sum of all weights; of equals the first takes it. Weights 5, 1, 1 give a, a, b, a, c, a, a. After as many
/// turns as the sum of the weights everybody has taken as many as its weight, all have what they began with, and the sequence
/// repeats.
/// </summary>
internal static class SmoothSequence
{
    /// <summary>The turns until they repeat. O(members × sum of the weights).</summary>
    /// <param name="members">The members' indexes in the pool.</param>
    /// <param name="weights">Their weights.</param>
    /// <returns>For each turn the index of the member that takes it.</returns>
    internal static int[] Of(ReadOnlySpan<int> members, ReadOnlySpan<int> weights)
    {
        int total = 0;
        foreach (int weight in weights)
        {
            total += weight;
        }

        int[] credits = new int[weights.Length];
        int[] turns = new int[total];
        for (int turn = 0; turn < total; turn++)
        {
            int richest = 0;
            for (int i = 0; i < weights.Length; i++)
            {
                credits[i] += weights[i];
                if (credits[i] > credits[richest])
                {
                    richest = i;
                }
            }

            credits[richest] -= total;
            turns[turn] = members[richest];
        }

        return turns;
    }
}
