using Atlas.Core.HighAvailability;

namespace Atlas.Control.HighAvailability.DataPlane;

/// <summary>What a <see cref="DataPlaneProbe"/> needs.</summary>
public sealed record DataPlaneProbeOptions
{
    /// <summary>The listeners to ask at this moment. Called for each look.</summary>
    public required Func<IReadOnlyList<ProbedListener>> Listeners { get; init; }

    /// <summary>Whether every worker takes a turn; it may wait until the token is cancelled. Null: that is not asked. A connection meets one
    /// worker only, so that with many a single one that hangs is found by this.</summary>
    public Func<CancellationToken, Task<bool>>? Workers { get; init; }

    /// <summary>Hears that the node serves again, or no more. Called on the thread pool; it must neither block nor throw.</summary>
    public Action<DataPlaneHealth> Changed { get; init; } = _ => { };

    /// <summary>From one look to the next, where none takes longer. Default 500 ms.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long an answer may take. Default 750 ms: two looks without an answer, and the word of it to the other nodes, take less than
    /// 2 s together.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromMilliseconds(750);
}
