namespace Atlas.Core.Balancing;

/// <summary>
/// Of a few servers drawn at random by weight, the one that is likely to answer first: the estimate of its latency
/// (<see cref="LatencyEstimate"/>) times the requests that it would have, for its weight. This is the load metric of
/// the peak EWMA balancer in Twitter's Finagle, which draws two (Mitzenmacher, The Power of Two Choices in Randomized Load
/// Balancing, 2001). A server of which nothing is known yet counts as the average of those drawn with it, so that its requests
/// alone decide. O(log servers); pools of up to four are looked at as a whole.
/// </summary>
public sealed class LeastTime(Roster roster, BalancedServer[] servers) : Balancer(roster, servers)
{
    // Simulated: with a fifth of the servers slow, two draws are both slow for 4 % of the requests, four for 0.2 %, and eight
    // win little more.
    private const int Draws = 4;

    // Further draws in place of servers that cannot take the request or were drawn already.
    private const int MoreDraws = 4;

    private readonly CumulativeWeights? _weights =
        roster.Members.Length <= Draws ? null : new CumulativeWeights(roster.Members, TurnOrder.ReducedWeights(roster));

    /// <inheritdoc/>
    protected override int Choose(in PickRequest request)
    {
        Span<int> drawn = stackalloc int[Draws];
        int count = _weights is null ? TakeAll(drawn, request) : Draw(_weights, drawn, request);
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

    private int Draw(CumulativeWeights weights, Span<int> drawn, in PickRequest request)
    {
        var random = new Mixer(request.Random);
        int count = 0;
        for (int draw = 0; draw < Draws + MoreDraws && count < Draws; draw++)
        {
            int member = weights.At(random.Below(weights.Total));
            if (MayTake(member, request) && !drawn[..count].Contains(member))
            {
                drawn[count++] = member;
            }
        }

        return count;
    }

    private int Soonest(ReadOnlySpan<int> drawn, in PickRequest request)
    {
        Span<double> latenciesUs = stackalloc double[Draws];
        double sum = 0;
        int known = 0;
        for (int i = 0; i < drawn.Length; i++)
        {
            latenciesUs[i] = Servers[drawn[i]].LatencyAt(request.NowUs);
            sum += latenciesUs[i];
            known += latenciesUs[i] > 0 ? 1 : 0;
        }

        // Equal ones take turns by chance.
        int start = (int)(request.Random % (uint)drawn.Length);
        double assumed = known > 0 ? sum / known : 1;
        double least = double.PositiveInfinity;
        int soonest = drawn[start];
        for (int i = 0; i < drawn.Length; i++)
        {
            int at = (start + i) % drawn.Length;
            int index = drawn[at];
            double latency = latenciesUs[at] > 0 ? latenciesUs[at] : assumed;
            double cost = latency * (Servers[index].Load + 1) / Roster.Weights[index];
            if (cost < least)
            {
                least = cost;
                soonest = index;
            }
        }

        return soonest;
    }
}
