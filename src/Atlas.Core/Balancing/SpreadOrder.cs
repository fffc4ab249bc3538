namespace Atlas.Core.Balancing;

/// <summary>
/// Turns for weights of any size without a table of them. The members lie end to end around a circle, each as long as its
/// weight, and every turn goes on by a step that has no divisor in common with the circle's length T: any T turns in a row
/// touch each place once, so that a member has exactly as many as its weight. A step near the golden section of T leaves no
/// member out for long: between two turns of a member lie at most three different numbers of turns (the three-gap theorem; Sós,
/// On the distribution mod 1 of the sequence nα, 1958). O(log members).
/// </summary>
internal sealed class SpreadOrder : TurnOrder
{
    // Steps to choose the most even of.
    private const int Candidates = 64;
    private const double GoldenSection = 0.618_033_988_749_894_9;

    private readonly CumulativeWeights _circle;
    private readonly ulong _length;
    private readonly ulong _step;

    /// <summary>Makes the order.</summary>
    /// <param name="circle">The members; the sum of their weights is below 2^31.</param>
    internal SpreadOrder(CumulativeWeights circle)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(circle.Total, int.MaxValue);
        _circle = circle;
        _length = (ulong)circle.Total;
        _step = (ulong)StepFor(circle.Total);
    }

    /// <inheritdoc/>
    internal override int At(ulong turn) => _circle.At((long)(turn % _length * _step % _length));

    /// <summary>Of the steps next to the golden section of a circle's length, the one whose turns are spread most evenly: the
    /// longer its <see cref="Unevenness"/>, the longer turns may fall close together.</summary>
    internal static long StepFor(long length)
    {
        long golden = (long)(length * GoldenSection);
        long best = 1;
        for (long step = Math.Max(golden - (Candidates / 2), 1); step < Math.Min(golden + (Candidates / 2), length); step++)
        {
            if (Unevenness(length, step) < Unevenness(length, best))
            {
                best = step;
            }
        }

        return best;
    }

    /// <summary>The sum of the partial quotients of length/step, which bounds by how many turns any share is missed over any
    /// number of turns (Kuipers and Niederreiter, Uniform Distribution of Sequences, chapter 2, theorem 3.4);
    /// <see cref="long.MaxValue"/> if the two have a common divisor.</summary>
    internal static long Unevenness(long length, long step)
    {
        long sum = 0;
        while (step != 0)
        {
            sum += length / step;
            (length, step) = (step, length % step);
        }

        return length == 1 ? sum : long.MaxValue;
    }
}
