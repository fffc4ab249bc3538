using Atlas.Proxy.Logging;
using Atlas.Proxy.Metrics;

namespace Atlas.Proxy.Snapshots;

/// <summary>A listener as the data plane sees it, whatever is spoken on it: immutable.</summary>
/// <param name="Name">The listener's name.</param>
public abstract record ListenerSnapshot(string Name)
{
    /// <summary>What counts its traffic, the same across reloads; null: nothing does.</summary>
    public ListenerMetrics? Metrics { get; init; }

    /// <summary>What writes its access log: a writer for each worker, by the worker's index. Empty: no log.</summary>
    public IReadOnlyList<AccessLogWriter> AccessLog { get; init; } = [];
}
