namespace Atlas.Core.Balancing;

/// <summary>
/// Of a few servers drawn at random by weight, the one that is likely to answer first: the estimate of its latency
/// (<see cref="LatencyEstimate"/>) times the requests that it would have, for its weight. This is the load metric of
/// the peak EWMA balancer in Twitter's Finagle, which draws two (Mitzenmacher, The Power of Two Choices in Randomized Load
/// Balancing, 2001). A server of which nothing is known yet counts as the average of those drawn with it, so that its requests
/// alone decide. O(1); pools of up to four are looked at as a whole.
/// </summary>
public sealed class LeastTime(Roster roster, BalancedServer[] servers) : Balancer(roster, servers)
{
    // Simulated: with a fifth of the servers slow, two draws are both slow for 4 % of the requests, four for 0.2 %, and eight
    // win little more.
    private const int Draws = 4;

    // Further draws in place of servers that cannot take the request or were drawn already.
    private const int MoreDraws = 4;

    private readonly AliasTable? _table = roster.Members.Length <= Draws ? null : new AliasTable(TurnOrder.ReducedWeights(roster));

    /// <inheritdoc/>
    protected override int Choose(in PickRequest request)
    {
        Span<int> drawn = stackalloc int[Draws];
        int count = _table is null ? TakeAll(drawn, request) : Draw(_table, drawn, request);
        return count > 0 ? Soonest(drawn[..count], request) : ChooseByShare(request.Random, request);
    }

    private int TakeAll(Span<int> drawn, in PickRequest request)
    {
        int count = 0;
        foreach (int member in Roster.Members)
        {
            if (MayTake(member, request))
            {
                drawn[count++] = member;
            }
        }

        return count;
    }

    private int Draw(AliasTable table, Span<int> drawn, in PickRequest request)
    {
        ReadOnlySpan<int> members = Roster.Members;
        var random = new Mixer(request.Random);
        int count = 0;
        for (int draw = 0; draw < Draws + MoreDraws && count < Draws; draw++)
        {
            int member = members[table.Draw(ref random)];
            if (MayTake(member, request) && !Holds(drawn[..count], member))
            {
                drawn[count++] = member;
            }
        }

        return count;
    }

    // Of so few, a loop is faster than the call that compares many at once.
    private static bool Holds(ReadOnlySpan<int> drawn, int member)
    {
        foreach (int other in drawn)
        {
            if (other == member)
            {
                return true;
            }
        }

        return false;
    }

    private int Soonest(ReadOnlySpan<int> drawn, in PickRequest request)
    {
        Span<double> latenciesUs = stackalloc double[Draws];
        double sum = 0;
        int known = 0;
        for (int i = 0; i < drawn.Length; i++)
        {
            double latencyUs = Servers[drawn[i]].LatencyAt(request.NowUs);
            latenciesUs[i] = latencyUs;
            sum += latencyUs;
            known += latencyUs > 0 ? 1 : 0;
        }

        // Equal ones take turns by chance.
        int at = (int)Math.BigMul(request.Random, (ulong)drawn.Length, out _);
        double assumed = known > 0 ? sum / known : 1;
        double least = double.PositiveInfinity;
        ReadOnlySpan<int> weights = Roster.Weights;
        int soonest = drawn[at];
        for (int i = 0; i < drawn.Length; i++)
        {
            int index = drawn[at];
            double latency = latenciesUs[at] > 0 ? latenciesUs[at] : assumed;
            double cost = latency * (Servers[index].Load + 1) / weights[index];
            if (cost < least)
            {
                least = cost;
                soonest = index;
            }

            at = at + 1 < drawn.Length ? at + 1 : 0;
        }

        return soonest;
    }
}
