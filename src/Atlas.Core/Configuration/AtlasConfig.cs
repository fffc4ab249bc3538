namespace Atlas.Core.Configuration;

/// <summary>A whole configuration, as its file says it. Names are unique within each list, and lists keep the file's order.</summary>
public sealed record AtlasConfig : ConfigSection
{
    /// <summary>The file that it was read from, as it was given; for messages.</summary>
    public string FileName { get; init; } = "";

    /// <summary>Where clients connect to.</summary>
    public ValueList<ListenerConfig> Listeners { get; init; } = [];

    /// <summary>The groups of servers that requests and connections go to.</summary>
    public ValueList<PoolConfig> Pools { get; init; } = [];

    /// <summary>Where state is kept that outlives a request: sessions, stickiness, rate limits.</summary>
    public ValueList<StoreConfig> Stores { get; init; } = [];

    /// <summary>The sessions that pools may use.</summary>
    public ValueList<SessionConfig> Sessions { get; init; } = [];

    /// <summary>How several nodes stand in for each other; null: a single node.</summary>
    public HighAvailabilityConfig? HighAvailability { get; init; }

    /// <summary>The admin API and dashboard.</summary>
    public AdminConfig Admin { get; init; } = new();

    /// <summary>The process itself.</summary>
    public RuntimeConfig Runtime { get; init; } = new();

    /// <summary>What is sent to collectors.</summary>
    public TelemetryConfig Telemetry { get; init; } = new();

    /// <summary>The pool of this name, or null. O(n): for loading, not for requests.</summary>
    public PoolConfig? FindPool(string name) => Pools.FirstOrDefault(pool => pool.Name == name);
}
