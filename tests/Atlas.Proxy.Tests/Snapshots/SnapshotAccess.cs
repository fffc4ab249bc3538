using Atlas.Proxy.Snapshots;

namespace Atlas.Proxy.Tests.Snapshots;

/// <summary>Short ways to the parts of snapshots.</summary>
internal static class SnapshotAccess
{
    /// <summary>The only listener, which speaks HTTP.</summary>
    internal static HttpListenerSnapshot Http(this ProxySnapshot snapshot) => (HttpListenerSnapshot)snapshot.Listeners.ShouldHaveSingleItem();
}
