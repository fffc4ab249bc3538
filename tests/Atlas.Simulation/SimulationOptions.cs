namespace Atlas.Simulation;

/// <summary>How rough the network is. All randomness comes from the seed of the <see cref="SimulatedWorld"/>.</summary>
public sealed record SimulationOptions
{
    /// <summary>Everything arrives at once and whole: for tests of exact times.</summary>
    public static SimulationOptions Calm { get; } = new() { MaxDelayMs = 0, SplitPercent = 0 };

    /// <summary>Delays and splits of every kind.</summary>
    public static SimulationOptions Rough { get; } = new();

    /// <summary>Every transfer moves one byte.</summary>
    public static SimulationOptions ByteByByte { get; } = new() { MaxDelayMs = 0, SplitPercent = 100, MaxPiece = 1 };

    /// <summary>The longest time that a segment or a signal takes, in milliseconds; each takes 0 to this.</summary>
    public int MaxDelayMs { get; init; } = 3;

    /// <summary>How many of a hundred transfers are cut.</summary>
    public int SplitPercent { get; init; } = 50;

    /// <summary>The longest piece of a transfer that is cut, in bytes; each has 1 to this.</summary>
    public int MaxPiece { get; init; } = 64;

    /// <summary>Bytes that one direction holds between the two ends: sent, and not yet received.</summary>
    public int Window { get; init; } = 64 * 1024;

    /// <summary>Connections that an address holds until they are accepted; the next wait outside.</summary>
    public int AcceptQueue { get; init; } = 128;
}
