using Atlas.Core.Balancing;
using Atlas.Core.Configuration;
using Atlas.Core.HighAvailability;
using Atlas.Proxy.Snapshots;

namespace Atlas.Running.HighAvailability;

/// <summary>What lowers the priorities of this node's virtual routers.</summary>
internal sealed partial class ClusterNode
{
    /// <summary>The priority that is left to a virtual router, and what lowers it; empty: nothing does, as nothing does an owner's.</summary>
    /// <param name="router">Which.</param>
    /// <param name="failed">What of that which it tracks is not well, in words.</param>
    internal static (int Priority, string Lowered) Lower(VirtualRouterConfig router, IReadOnlyList<string> failed) =>
        router.Priority == VirtualRouterSettings.OwnerPriority
            ? (router.Priority, "")
            : (Math.Max(1, router.Priority - (failed.Count * router.Track.Penalty)), string.Join("; ", failed));

    private static bool HasServer(ProxySnapshot snapshot, string pool) =>
        snapshot.Pools.FirstOrDefault(known => known.Name == pool)?.Servers.Any(server => Roster.IsUsable(server.Balancing)) == true;

    /// <summary>Has each virtual router go by the priority that what it tracks leaves it.</summary>
    /// <param name="isAnew">Whether they do not know it for sure, since the configuration changed.</param>
    private void Look(bool isAnew = false)
    {
        lock (_gate)
        {
            if (_routers is null || _hasEnded)
            {
                return;
            }

            ProxySnapshot snapshot = _snapshot();
            foreach (VirtualRouterConfig router in _config.ActivePassive)
            {
                (int priority, string lowered) = Lower(router, [.. Failed(router.Track, snapshot)]);
                string name = VirtualRouterStatus.NameOf(router);
                ToldPriority before = _told.GetValueOrDefault(name, new ToldPriority(router.Priority, router.Priority, ""));
                var now = new ToldPriority(router.Priority, priority, lowered);
                bool isNews = now != before;
                _told[name] = now;
                if (isNews || isAnew)
                {
                    _routers.ChangePriority(router, priority, lowered);
                }

                if (isNews)
                {
                    int? other = before.Configured == router.Priority ? null : before.Configured;
                    _news.Tell(new PriorityEvent(name, priority, lowered, other));
                }
            }
        }
    }

    private IEnumerable<string> Failed(TrackConfig track, ProxySnapshot snapshot)
    {
        if (track.Listeners && Problem is { } problem)
        {
            yield return problem;
        }

        foreach (string pool in track.Pools.Where(pool => !HasServer(snapshot, pool)))
        {
            yield return $"pool {pool} has no server that takes requests";
        }
    }
}
