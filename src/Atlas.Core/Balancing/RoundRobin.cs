namespace Atlas.Core.Balancing;

/// <summary>Each in turn: of any n picks in a row each of n servers gets exactly one, whichever workers pick. A server that
/// cannot take a request leaves its turn to the next turn, not to its neighbour. O(1).</summary>
public sealed class RoundRobin(Roster roster, BalancedServer[] servers, Rotation rotation) : Balancer(roster, servers)
{
    /// <inheritdoc/>
    protected override int Choose(in PickRequest request)
    {
        ReadOnlySpan<int> members = Roster.Members;
        for (int turn = 0; turn < members.Length; turn++)
        {
            int index = members[(int)(rotation.Next() % (uint)members.Length)];
            if (MayTake(index, request))
            {
                return index;
            }
        }

        // Other workers may have taken the turns between.
        foreach (int index in members)
        {
            if (MayTake(index, request))
            {
                return index;
            }
        }

        return -1;
    }
}
