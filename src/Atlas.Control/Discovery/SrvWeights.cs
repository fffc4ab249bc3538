namespace Atlas.Control.Discovery;

/// <summary>The weights of servers that SRV records name. A record's weight is that of its target (RFC 2782), however many addresses
/// the target has: they share it.</summary>
internal static class SrvWeights
{
    // The largest weight that a server can have.
    private const int Max = 65_535;

    /// <summary>The weight of each address of each target. All are multiplied by the least number that makes the shares whole; where
    /// one would be above 65,535, they are rounded, to 1 at least. O(targets).</summary>
    /// <param name="targets">The weight of each record, at least 1, and how many addresses its target has.</param>
    internal static int[] Of(IReadOnlyList<(int Weight, int Addresses)> targets)
    {
        double most = 0;
        long scale = 1;
        foreach ((int weight, int addresses) in targets.Where(target => target.Addresses > 0))
        {
            most = Math.Max(most, (double)weight / addresses);
            long needed = addresses / Divisor(addresses, weight);

            // Past the largest weight none is exact anyway.
            scale = Math.Min(scale / Divisor(scale, needed) * needed, Max);
        }

        double factor = scale * most > Max ? Max / most : scale;
        return [.. targets.Select(target => target.Addresses == 0 ? 0
            : (int)Math.Max(Math.Round(target.Weight * factor / target.Addresses), 1))];
    }

    private static long Divisor(long a, long b) => b == 0 ? a : Divisor(b, a % b);
}
