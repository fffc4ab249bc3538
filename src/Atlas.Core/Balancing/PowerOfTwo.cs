namespace Atlas.Core.Balancing;

/// <summary>
/// Of two different servers, drawn at random by weight, the one with fewer requests for its weight (Mitzenmacher, The Power of
/// Two Choices in Randomized Load Balancing, 2001): close to the fewest of all, without a look at all, and without the herd
/// that follows when several proxies see the same server as the least loaded. O(log servers).
/// </summary>
public sealed class PowerOfTwo(Roster roster, BalancedServer[] servers) : Balancer(roster, servers)
{
    // Draws that servers which cannot take the request may cost, before the others are counted.
    private const int MaxDraws = 4;

    private readonly CumulativeWeights? _weights =
        roster.Members.Length < 2 ? null : new CumulativeWeights(roster.Members, TurnOrder.ReducedWeights(roster));

    /// <inheritdoc/>
    protected override int Choose(in PickRequest request)
    {
        var random = new Mixer(request.Random);
        int only = -1;
        for (int draw = 0; _weights is not null && draw < MaxDraws; draw++)
        {
            (int first, int second) = _weights.PairAt(random.Below(_weights.Total), random.Next());
            bool mayFirst = MayTake(first, request);
            bool maySecond = MayTake(second, request);
            if (mayFirst && maySecond)
            {
                return IsLessLoaded(second, first) ? second : first;
            }

            only = mayFirst ? first : maySecond ? second : only;
        }

        return only >= 0 ? only : ChooseByShare(random.Next(), request);
    }
}
