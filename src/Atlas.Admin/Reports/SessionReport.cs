namespace Atlas.Admin.Reports;

/// <summary>A session of the configuration, and what is kept of it. What is null does not apply, and is absent in JSON.</summary>
public sealed record SessionReport
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>The store that it is in.</summary>
    public required string Store { get; init; }

    /// <summary>How many are in this process's memory, those that are over and not yet cleared away included; null: they are
    /// elsewhere.</summary>
    public long? Count { get; init; }

    /// <summary>Bytes of memory that they take, by estimate; null: they are elsewhere.</summary>
    public long? Bytes { get; init; }

    /// <summary>The most bytes that they may take; null: they are elsewhere.</summary>
    public long? MaxBytes { get; init; }
}
