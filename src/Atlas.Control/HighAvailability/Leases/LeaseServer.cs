using Atlas.Control.Health;
using Atlas.Core.Configuration;

namespace Atlas.Control.HighAvailability.Leases;

/// <summary>The server of Redis that a lease is on, and how it is asked.</summary>
/// <param name="Address">Where it listens.</param>
public sealed record LeaseServer(ServerAddress Address)
{
    /// <summary>The user; null: the default one.</summary>
    public string? User { get; init; }

    /// <summary>The password; empty: none is sent.</summary>
    public ReadOnlyMemory<byte> Password { get; init; }

    /// <summary>The number of its database.</summary>
    public int Database { get; init; }

    /// <summary>How to shake hands; null: in plain text.</summary>
    public ProbeTls? Tls { get; init; }

    /// <summary>The name that its certificate must have; null: the host's.</summary>
    public string? ServerName { get; init; }
}
