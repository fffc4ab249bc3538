namespace Atlas.Core.Balancing;

/// <summary>The first in the file's order that has room, so that as few servers as possible are busy. Whatever their weights,
/// as long as they are above 0. O(full servers).</summary>
public sealed class FirstUsable(Roster roster, BalancedServer[] servers) : Balancer(roster, servers)
{
    /// <inheritdoc/>
    protected override int Choose(in PickRequest request)
    {
        foreach (int member in Roster.Members)
        {
            if (MayTake(member, request))
            {
                return member;
            }
        }

        return -1;
    }
}
