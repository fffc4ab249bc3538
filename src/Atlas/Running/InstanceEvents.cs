using Atlas.Admin.Reports;
using Atlas.Control.Discovery;
using Atlas.Control.HighAvailability.Peers;
using Atlas.Control.Kernel;
using Atlas.Control.Pools;
using Atlas.Control.Tls;
using Atlas.Core.Health;
using Atlas.Core.HighAvailability;
using Atlas.Running.HighAvailability;
using Atlas.Running.Stores;

namespace Atlas.Running;

/// <summary>What the admin API tells of what happens.</summary>
internal static class InstanceEvents
{
    /// <summary>Whether a change is told as one of the pool's. What checks and real requests find, they tell themselves, with what
    /// they saw.</summary>
    internal static bool IsTold(PoolChangeKind kind) =>
        kind is not (PoolChangeKind.Up or PoolChangeKind.Down or PoolChangeKind.Ejected or PoolChangeKind.Returned);

    /// <summary>A change by the operator, real requests, the file or time.</summary>
    internal static EventReport Of(PoolChange change) => new()
    {
        Type = change.Server is null ? "pool" : "server",
        At = change.At,
        Pool = change.Pool,
        Server = change.Server,
        Change = change.Kind.ToString().ToLowerInvariant(),
        Text = change.ToString(),
    };

    /// <summary>What the DNS says of a pool's servers.</summary>
    internal static EventReport Of(DiscoveryEvent change) => new()
    {
        Type = "pool",
        At = change.At,
        Pool = change.Pool,
        Change = change.IsResolved ? "resolved" : "unresolved",
        Text = change.ToString(),
    };

    /// <summary>A change that checks found.</summary>
    internal static EventReport Of(HealthEvent change) => new()
    {
        Type = change.Server is null ? "pool" : "server",
        At = DateTimeOffset.FromUnixTimeMilliseconds(change.AtUnixMs),
        Pool = change.Pool,
        Server = change.Server,
        Change = change.To.Word(),
        Text = change.ToString(),
    };

    /// <summary>A change of the kernel's rules.</summary>
    internal static EventReport Of(KernelEvent change) => new()
    {
        Type = "kernel",
        At = change.At,
        Change = change.Kind.ToString().ToLowerInvariant(),
        Text = change.Text,
    };

    /// <summary>A change of a store.</summary>
    internal static EventReport Of(StoreEvent change) => new()
    {
        Type = "store",
        At = change.At,
        Store = change.Store,
        Change = change.Health.Condition.ToString().ToLowerInvariant(),
        Text = change.ToString(),
    };

    /// <summary>What is known of another node changed.</summary>
    internal static EventReport Of(PeerEvent change) => new()
    {
        Type = "peer",
        At = change.At,
        Peer = change.Peer,
        Change = change.IsLive ? "live" : PeerWords.Of(change.To),
        Text = change.ToString(),
    };

    /// <summary>A virtual router changed its state.</summary>
    internal static EventReport Of(VirtualRouterEvent change) => new()
    {
        Type = "virtual_router",
        At = DateTimeOffset.UtcNow,
        Router = VirtualRouterStatus.NameOf(change.Config),
        Change = change.To.Word(),
        Text = change.ToString(),
    };

    /// <summary>A virtual router has another priority.</summary>
    internal static EventReport Of(PriorityEvent change) => new()
    {
        Type = "virtual_router",
        At = DateTimeOffset.UtcNow,
        Router = change.Router,
        Priority = change.Priority,
        Change = "priority",
        Text = change.ToString(),
    };

    /// <summary>What happened to a certificate.</summary>
    internal static EventReport Of(CertificateEvent change) => new()
    {
        Type = "certificate",
        At = change.At,
        Change = change.Kind.ToString().ToLowerInvariant(),
        Text = change.Text,
    };

    /// <summary>An upgrade that was done, or was not.</summary>
    /// <param name="isDone">Whether another process serves.</param>
    /// <param name="text">The line that said so.</param>
    internal static EventReport OfUpgrade(bool isDone, string text) => new()
    {
        Type = "upgrade",
        At = DateTimeOffset.UtcNow,
        Change = isDone ? "upgraded" : "refused",
        Text = text,
    };

    /// <summary>A reload that took effect, or was refused.</summary>
    /// <param name="isDone">Whether it took effect.</param>
    /// <param name="text">The line that said so.</param>
    internal static EventReport OfReload(bool isDone, string text) => new()
    {
        Type = "reload",
        At = DateTimeOffset.UtcNow,
        Change = isDone ? "reloaded" : "refused",
        Text = text,
    };
}
