using Atlas.Admin.Events;
using Atlas.Admin.Reports;
using Atlas.Control.Discovery;
using Atlas.Control.HighAvailability.Peers;
using Atlas.Control.Kernel;
using Atlas.Control.Pools;
using Atlas.Control.Tls;
using Atlas.Core.Health;
using Atlas.Running.HighAvailability;
using Atlas.Running.Stores;

namespace Atlas.Running;

/// <summary>Tells what happens: to those who listen at the admin API, and as lines to the operator. Any thread.</summary>
/// <param name="notice">Takes sentences for the operator.</param>
internal sealed class InstanceNews(Action<string> notice)
{
    /// <summary>All that happens, for whoever listens.</summary>
    internal EventHub Feed { get; } = new();

    /// <summary>Says something that is no event.</summary>
    internal void Say(string sentence) => notice(sentence);

    internal void Tell(KernelEvent change)
    {
        Feed.Publish(InstanceEvents.Of(change));
        if (change.Kind != KernelEventKind.Replaced)
        {
            notice(change.Text);
        }
    }

    internal void Tell(PoolChange change)
    {
        if (InstanceEvents.IsTold(change.Kind))
        {
            Tell(InstanceEvents.Of(change), change.ToString());
        }
    }

    internal void Tell(DiscoveryEvent change) => Tell(InstanceEvents.Of(change), change.ToString());

    internal void Tell(StoreEvent change) => Tell(InstanceEvents.Of(change), change.ToString());

    internal void Tell(CertificateEvent change) => Tell(InstanceEvents.Of(change), change.ToString());

    internal void Tell(PeerEvent change) => Tell(InstanceEvents.Of(change), change.ToString());

    internal void Tell(VirtualRouterEvent change) => Tell(InstanceEvents.Of(change), change.ToString());

    internal void Tell(PriorityEvent change) => Tell(InstanceEvents.Of(change), change.ToString());

    internal void Tell(HealthEvent change) => Tell(InstanceEvents.Of(change), change.ToString());

    private void Tell(EventReport report, string sentence)
    {
        Feed.Publish(report);
        notice(sentence);
    }
}
