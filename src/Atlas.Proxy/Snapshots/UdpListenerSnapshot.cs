using System.Text;
using Atlas.Proxy.Metrics;

namespace Atlas.Proxy.Snapshots;

/// <summary>A UDP listener as the data plane sees it: immutable.</summary>
/// <param name="Name">The listener's name.</param>
/// <param name="Pool">Where its sessions go.</param>
public sealed record UdpListenerSnapshot(string Name, PoolSnapshot Pool) : ListenerSnapshot(Name)
{
    /// <summary>Milliseconds without a datagram either way after which a session ends.</summary>
    public int IdleMs { get; init; } = 30_000;

    /// <summary>Answers to each datagram of the client after which a session ends; <see cref="int.MaxValue"/>: any
    /// number.</summary>
    public int Responses { get; init; } = int.MaxValue;

    /// <summary>Sessions at once; at this number the one that was silent for longest makes room for the next.</summary>
    public int MaxSessions { get; init; } = 10_000;

    /// <summary>What counts its sessions and datagrams, the same across reloads; null: nothing does.</summary>
    public UdpMetrics? Datagrams { get; init; }

    internal byte[] NameBytes { get; } = Encoding.UTF8.GetBytes(Name);
}
