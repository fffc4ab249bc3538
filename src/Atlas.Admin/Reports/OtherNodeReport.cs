namespace Atlas.Admin.Reports;

/// <summary>What this node knows of another one. What is null is not known, and absent in JSON.</summary>
public sealed record OtherNodeReport
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Where it is, as the configuration has it.</summary>
    public required string Address { get; init; }

    /// <summary><c>unknown</c>, <c>alive</c> or <c>dead</c>.</summary>
    public required string State { get; init; }

    /// <summary>Why, in words.</summary>
    public required string Reason { get; init; }

    /// <summary>Whether clients may be sent to it.</summary>
    public required bool Live { get; init; }

    /// <summary>Since when it is in this state.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>When it was heard last.</summary>
    public DateTimeOffset? LastHeard { get; init; }

    /// <summary>Its version of Atlas.</summary>
    public string? Version { get; init; }

    /// <summary>The time to it and back.</summary>
    public double? RoundTripSeconds { get; init; }

    /// <summary>How far its clock is ahead of this node's; negative: behind.</summary>
    public double? ClockAheadSeconds { get; init; }

    /// <summary>How often it has started anew since it was first known.</summary>
    public required long Restarts { get; init; }

    /// <summary>Why it cannot be sent to; null: nothing is known against it.</summary>
    public string? Problem { get; init; }
}
