using Atlas.Core.Balancing;
using Atlas.Proxy.Snapshots;

namespace Atlas.Running;

/// <summary>Tells pools that time has passed, so that servers which start slowly grow. Whoever changes a server's state tells
/// its pool itself.</summary>
internal sealed class RosterClock : IDisposable
{
    // A fraction of the shortest step, so that no step comes late by much.
    private const int PeriodMs = 250;

    private readonly Func<ProxySnapshot> _snapshot;
    private readonly Timer _timer;

    /// <summary>Starts.</summary>
    /// <param name="snapshot">Gives the snapshots in force, on any thread.</param>
    internal RosterClock(Func<ProxySnapshot> snapshot)
    {
        _snapshot = snapshot;
        _timer = new Timer(_ => RefreshDue(), null, PeriodMs, PeriodMs);
    }

    /// <summary>Lets the servers of a configuration that takes effect be what it says, as their states are by now. O(servers).
    /// </summary>
    internal static void TakeEffect(ProxySnapshot snapshot)
    {
        foreach (PoolSnapshot pool in snapshot.Pools)
        {
            lock (pool.Balancer)
            {
                pool.TakeEffect(Environment.TickCount64);
            }
        }
    }

    public void Dispose() => _timer.Dispose();

    private void RefreshDue()
    {
        foreach (PoolSnapshot pool in _snapshot().Pools)
        {
            PoolBalancer balancer = pool.Balancer;
            if (balancer.NextChangeMs > Environment.TickCount64)
            {
                continue;
            }

            lock (balancer)
            {
                balancer.Refresh(Environment.TickCount64);
            }
        }
    }
}
