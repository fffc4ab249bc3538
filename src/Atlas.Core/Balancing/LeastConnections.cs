namespace Atlas.Core.Balancing;

/// <summary>
/// The server with the fewest requests, under way or waiting for it, for its weight; those with equally few take turns by
/// weight. Counts are those of the moment, whichever worker and configuration the requests came through. The division is exact
/// while every server has fewer than 2^24 requests: the counts are whole numbers then, equal fractions give equal quotients,
/// and different ones are further apart than a quotient's rounding (IEEE 754). O(servers), eight at a time.
/// </summary>
public sealed class LeastConnections(Roster roster, BalancedServer[] servers, Rotation rotation) : Balancer(roster, servers)
{
    private readonly LoadScan _scan = new(roster, servers);

    /// <inheritdoc/>
    protected override int Choose(in PickRequest request)
    {
        LeastLoads least = _scan.FindLeast();
        if (least.Ties == 0)
        {
            return -1;
        }

        // One turn a pick at most: two would take every other turn from those that come second.
        ulong turn = least.Ties > 1 ? rotation.Next() : 0;
        int picked = _scan.At(least, PlaceOf(turn, least.Ties));
        return picked >= 0 && MayTake(picked, request) ? picked
            : ChooseSlowly(least.Ties > 1 ? turn : rotation.Next(), request);
    }

    /// <summary>Whose turn it is among those that tie, in weights put end to end.</summary>
    private int PlaceOf(ulong turn, int ties) => _scan.HasEqualWeights
        ? (int)(turn % (uint)ties)
        : (int)Math.BigMul(Rotation.PointOf(turn), (ulong)ties, out _);

    /// <summary>One by one, for a request that has excluded the least loaded server. O(servers).</summary>
    private int ChooseSlowly(ulong turn, in PickRequest request)
    {
        int best = -1;
        foreach (int member in Roster.Members)
        {
            if (MayTake(member, request) && (best < 0 || IsLessLoaded(member, best)))
            {
                best = member;
            }
        }

        return best < 0 ? -1 : ChooseByShare(Rotation.PointOf(turn), request, asIdleAs: best);
    }
}
