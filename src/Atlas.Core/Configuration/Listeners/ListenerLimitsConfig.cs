namespace Atlas.Core.Configuration;

/// <summary>The most that a listener takes from its clients.</summary>
public sealed record ListenerLimitsConfig : ConfigSection
{
    /// <summary>Bytes of a request line; more is 414. Default 16 KiB.</summary>
    public int RequestLineBytes { get; init; } = 16 * 1024;

    /// <summary>Bytes of all header lines of a request; more is 431. Default 64 KiB.</summary>
    public int HeadersBytes { get; init; } = 64 * 1024;

    /// <summary>Header lines of a request; more is 431. Default 128.</summary>
    public int HeaderCount { get; init; } = 128;

    /// <summary>Bytes of a request's body; more is 413. Null: no limit, the default.</summary>
    public long? BodyBytes { get; init; }

    /// <summary>Connections open at once; past it the listener stops accepting. Default 10,000.</summary>
    public int Connections { get; init; } = 10_000;
}
