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
        int picked = Roster.Group == RosterGroup.Panic && !request.Excluded.IsEmpty
            ? ChooseByShare(request.Random, request, onlyHealthy: true)
            : -1;
        picked = picked >= 0 ? picked : Choose(request);
        return picked >= 0 ? picked : WhyNone(request);
    }

    /// <summary>The algorithm itself.</summary>
    /// <returns>The index of a server that <see cref="MayTake"/> the request; -1 if there is none.</returns>
    protected abstract int Choose(in PickRequest request);

    /// <summary>Whether a member of the roster can take the request: neither excluded nor full.</summary>
    protected bool MayTake(int index, in PickRequest request) =>
        Servers[index].HasRoom && !request.Excluded.Contains(index);

    /// <summary>Of all members that can take the request, each with the share that its weight has of theirs, the one in whose
    /// share a point lies. For the rare case that an algorithm's own choice cannot. O(members).</summary>
    /// <param name="point">Where between 0 and 1, as a fraction of 2^64: a random one for a random choice, those of
    /// <see cref="Rotation.PointOf"/> for a choice in turn.</param>
    /// <param name="request">What the server is for.</param>
    /// <param name="onlyHealthy">Whether only servers that are known to be well count.</param>
    /// <param name="asIdleAs">The index of a server; those with more requests for their weight do not count. -1: all do.</param>
    /// <returns>Its index, or -1.</returns>
    protected int ChooseByShare(ulong point, in PickRequest request, bool onlyHealthy = false, int asIdleAs = -1)
    {
        long total = 0;
        foreach (int member in Roster.Members)
        {
            total += Counts(member, request, onlyHealthy, asIdleAs) ? Roster.Weights[member] : 0;
        }

        long place = (long)Math.BigMul(point, (ulong)total, out _);
        int last = -1;
        foreach (int member in Roster.Members)
        {
            if (Counts(member, request, onlyHealthy, asIdleAs))
            {
                last = member;
                place -= Roster.Weights[member];
                if (place < 0)
                {
                    break;
                }
            }
        }

        return last;
    }

    /// <summary>Whether a member has fewer requests for its weight than another, under way or waiting.</summary>
    protected bool IsLessLoaded(int member, int than) =>
        (long)Servers[member].Load * Roster.Weights[than] < (long)Servers[than].Load * Roster.Weights[member];

    private bool Counts(int member, in PickRequest request, bool onlyHealthy, int asIdleAs) =>
        (!onlyHealthy || Roster.IsHealthy(member))
        && (asIdleAs < 0 || !IsLessLoaded(asIdleAs, member))
        && MayTake(member, request);

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
