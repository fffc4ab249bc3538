namespace Atlas.Core.Configuration;

/// <summary>The process.</summary>
public sealed record RuntimeConfig : ConfigSection
{
    /// <summary>Threads that move traffic, 1 to 512; null, written <c>auto</c>: one per core. Default null.</summary>
    public int? Workers { get; init; }

    /// <summary>How it ends.</summary>
    public ShutdownConfig Shutdown { get; init; } = new();
}
