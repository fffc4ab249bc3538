namespace Atlas.Core.Balancing;

/// <summary>One algorithm over one roster. Immutable but for counters that all workers share; picks on any thread, without a
/// lock and without allocation.</summary>
/// <param name="roster">Who takes requests.</param>
/// <param name="servers">The pool's servers, in its order.</param>
public abstract class Balancer(Roster roster, BalancedServer[] servers)
{
    /// <summary>No server takes the request.</summary>
    public const int None = -1;

    /// <summary>A server would take the request, but all that would are full.</summary>
    public const int Full = -2;

    /// <summary>Who takes requests.</summary>
    public Roster Roster { get; } = roster;

    /// <summary>The pool's servers, in its order.</summary>
    protected BalancedServer[] Servers { get; } = servers;

    /// <summary>Picks a member of the roster that is not excluded and has room. In panic, a request that failed once goes to a
    /// server that is known to be well, as long as there is one.</summary>
    /// <returns>Its index in the pool, <see cref="None"/> or <see cref="Full"/>.</returns>
    public int Pick(in PickRequest request)
    {
        int picked = -1;
        if (Roster.Group == RosterGroup.Panic && !request.Excluded.IsEmpty)
        {
            picked = AnyHealthy(request);
        }

        picked = picked >= 0 ? picked : Choose(request);
        return picked >= 0 ? picked : WhyNone(request);
    }

    /// <summary>The algorithm itself.</summary>
    /// <returns>The index of a server that <see cref="MayTake"/> the request; -1 if there is none.</returns>
    protected abstract int Choose(in PickRequest request);

    /// <summary>Whether a member of the roster can take the request: neither excluded nor full.</summary>
    protected bool MayTake(int index, in PickRequest request) =>
        Servers[index].HasRoom && !request.Excluded.Contains(index);

    private int AnyHealthy(in PickRequest request)
    {
        ReadOnlySpan<int> members = Roster.Members;
        int start = (int)(request.Random % (uint)members.Length);
        for (int i = 0; i < members.Length; i++)
        {
            int index = members[(start + i) % members.Length];
            if (Roster.IsHealthy(index) && MayTake(index, request))
            {
                return index;
            }
        }

        return -1;
    }

    private int WhyNone(in PickRequest request)
    {
        foreach (int member in Roster.Members)
        {
            if (!request.Excluded.Contains(member))
            {
                return Full;
            }
        }

        return None;
    }
}
