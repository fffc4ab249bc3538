using System.Net;

namespace Atlas.Control.Discovery.Resolving;

/// <summary>What a <see cref="DnsResolver"/> needs.</summary>
public sealed record ResolverOptions
{
    /// <summary>Whom to ask; called for each lookup. Empty: who the resolv.conf names.</summary>
    public Func<IReadOnlyList<IPEndPoint>> Servers { get; init; } = () => [];

    /// <summary>The file of resolvers and search domains.</summary>
    public string ResolvConfPath { get; init; } = "/etc/resolv.conf";

    /// <summary>The file of names that no resolver is asked for.</summary>
    public string HostsPath { get; init; } = "/etc/hosts";

    /// <summary>The clock of timeouts.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
