namespace Atlas.Core.Balancing;

/// <summary>
/// Each in turn, as often as its weight says, whichever workers pick: of as many picks in a row as the weights' sum each server
/// gets exactly its weight, of n servers of the same weight each exactly one of n, in the file's order. A server that cannot
/// take a request leaves its turn to the next turn, not to its neighbour. When weights change the turns go on where they are,
/// in the middle of the new order, so that nobody gets the same turns at each change. O(1), or O(log servers) for many heavy
/// weights; allocates only when made.
/// </summary>
public sealed class RoundRobin(Roster roster, BalancedServer[] servers, Rotation rotation) : Balancer(roster, servers)
{
    // Turns that servers which cannot take them may cost a request.
    private const int MaxTurns = 16;

    private readonly TurnOrder? _order = roster.Members.IsEmpty ? null : TurnOrder.Of(roster);

    /// <inheritdoc/>
    protected override int Choose(in PickRequest request)
    {
        for (int turn = 0; _order is not null && turn < MaxTurns; turn++)
        {
            int index = _order.At(rotation.Next());
            if (MayTake(index, request))
            {
                return index;
            }
        }

        return ChooseByShare(Rotation.PointOf(rotation.Next()), request);
    }
}
