using Atlas.Core.Health;

namespace Atlas.Admin.Reports;

/// <summary>A server of a pool. What is null is not known, and absent in JSON.</summary>
public sealed record ServerReport
{
    /// <summary>Its name in the pool.</summary>
    public required string Name { get; init; }

    /// <summary>Where it listens.</summary>
    public required string Address { get; init; }

    /// <summary>What the operator wants of it.</summary>
    public AdminState? AdminState { get; init; }

    /// <summary>What probes and real requests found.</summary>
    public OperationalState? OperationalState { get; init; }

    /// <summary>Its share of the pool's load, beside the others'.</summary>
    public int? Weight { get; init; }

    /// <summary>What counts of <see cref="Weight"/> now: all, a part while it starts slowly, or 0 while it takes no new
    /// requests.</summary>
    public double? EffectiveWeight { get; init; }

    /// <summary>Whether it is used only while no other server of the pool is usable.</summary>
    public bool? Backup { get; init; }

    /// <summary>Requests under way, tunnels, and open flows in the kernel.</summary>
    public long? Active { get; init; }

    /// <summary>Those of <see cref="Active"/> that are tunnels or flows.</summary>
    public long? Tunnels { get; init; }

    /// <summary>Flows that the kernel has sent to it since Atlas started; null where no listener in kernel mode uses its
    /// pool.</summary>
    public long? Flows { get; init; }

    /// <summary>Requests per second of late.</summary>
    public double? Rate { get; init; }

    /// <summary>Why it is ejected, and for how long yet; null: it is not.</summary>
    public EjectionReport? Ejection { get; init; }

    /// <summary>What real requests have against it, and why it is not ejected for it, a sentence; null: they have too little.</summary>
    public string? NotEjected { get; init; }

    /// <summary>What the last probe found, a sentence.</summary>
    public string? LastProbe { get; init; }

    /// <summary>When no connection could be made for a request, and why: <c>2026-06-01T12:00:00.000Z: connect refused</c>. Null: it
    /// never happened.</summary>
    public string? LastConnectError { get; init; }

    /// <summary>Whether no connection was made since <see cref="LastConnectError"/>; null: one was, or it never happened.</summary>
    public bool? Unreachable { get; init; }

    /// <summary>What is left; only while it drains or is in maintenance.</summary>
    public RemainingReport? Remaining { get; init; }

    /// <summary>Whether nothing is left and nothing new comes; only while it drains or is in maintenance.</summary>
    public bool? SafeToRemove { get; init; }

    /// <summary>What the operator should know of an order that was carried out, a sentence; only in its answer.</summary>
    public string? Warning { get; init; }
}
