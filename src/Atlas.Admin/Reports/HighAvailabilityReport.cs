namespace Atlas.Admin.Reports;

/// <summary>This node's part among those that stand in for each other. What is null does not apply, and is absent in JSON.</summary>
public sealed record HighAvailabilityReport
{
    /// <summary>What the others are told of this node: <c>serving</c>, <c>draining</c> or <c>not_serving</c>.</summary>
    public required string State { get; init; }

    /// <summary>Why its listeners do not answer; null: they do.</summary>
    public string? Problem { get; init; }

    /// <summary>The virtual routers, in the order of the configuration; null: there are none.</summary>
    public IReadOnlyList<VirtualRouterReport>? VirtualRouters { get; init; }

    /// <summary>The other nodes, in the order of the configuration; null: there are none.</summary>
    public IReadOnlyList<OtherNodeReport>? Peers { get; init; }

    /// <summary>The zone that it answers for; null: there is none.</summary>
    public ZoneReport? Zone { get; init; }
}
