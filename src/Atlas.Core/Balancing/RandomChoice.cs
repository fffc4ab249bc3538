namespace Atlas.Core.Balancing;

/// <summary>At random, each server with the share that its weight has. O(1).</summary>
public sealed class RandomChoice(Roster roster, BalancedServer[] servers) : Balancer(roster, servers)
{
    // Draws that servers which cannot take the request may cost, before the others are counted.
    private const int MaxDraws = 8;

    private readonly AliasTable? _table = roster.Members.IsEmpty ? null : new AliasTable(TurnOrder.ReducedWeights(roster));

    /// <inheritdoc/>
    protected override int Choose(in PickRequest request)
    {
        var random = new Mixer(request.Random);
        for (int draw = 0; _table is not null && draw < MaxDraws; draw++)
        {
            int index = Roster.Members[_table.Draw(ref random)];
            if (MayTake(index, request))
            {
                return index;
            }
        }

        return ChooseByShare(random.Next(), request);
    }
}
