using System.Net;

namespace Atlas.Core.Configuration;

/// <summary>The process.</summary>
public sealed record RuntimeConfig : ConfigSection
{
    /// <summary>Threads that move traffic, 1 to 512; null, written <c>auto</c>: one per core. Default null.</summary>
    public int? Workers { get; init; }

    /// <summary>Who is asked for the addresses of names, in this order; empty, the default: who the system's resolv.conf
    /// names.</summary>
    public ValueList<IPEndPoint> Resolvers { get; init; } = [];

    /// <summary>How it ends.</summary>
    public ShutdownConfig Shutdown { get; init; } = new();
}
