namespace Atlas.Admin.Reports;

/// <summary>What this node is to a virtual router. What is null does not apply, and is absent in JSON.</summary>
public sealed record VirtualRouterReport
{
    /// <summary>Its interface and id: <c>eth0/51</c>, over IPv6 <c>eth0/51 (IPv6)</c>.</summary>
    public required string Name { get; init; }

    /// <summary><c>master</c> (this node has the addresses), <c>backup</c>, <c>fault</c> (something is missing) or
    /// <c>initialize</c>.</summary>
    public required string State { get; init; }

    /// <summary>Since when.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>Why it came into this state; null: it was not started yet.</summary>
    public string? Reason { get; init; }

    /// <summary>The priority that counts now.</summary>
    public required int Priority { get; init; }

    /// <summary>The priority of the configuration.</summary>
    public required int ConfiguredPriority { get; init; }

    /// <summary>What lowers it; null: nothing.</summary>
    public string? Lowered { get; init; }

    /// <summary>The addresses, whoever has them.</summary>
    public required IReadOnlyList<string> Addresses { get; init; }

    /// <summary>The address of the node that was heard last; null: none was.</summary>
    public string? HeardFrom { get; init; }

    /// <summary>The priority that it said; 0: that it stops.</summary>
    public int? HeardPriority { get; init; }

    /// <summary>What is missing on the interface; null: nothing.</summary>
    public string? Missing { get; init; }

    /// <summary>Who uses its id in another way; null: nobody that was heard.</summary>
    public string? Conflict { get; init; }

    /// <summary>What the store last said of the lease: <c>held</c>, that another node has it, or what is wrong with the store; null: nothing,
    /// or there is no store.</summary>
    public string? Lease { get; init; }
}
