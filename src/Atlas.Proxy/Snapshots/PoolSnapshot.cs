using System.Text;
using Atlas.Core.Balancing;
using Atlas.Core.Configuration;
using Atlas.Proxy.Forwarding;

namespace Atlas.Proxy.Snapshots;

/// <summary>A pool as the data plane sees it: immutable, but for the state of its servers and who of them takes
/// requests.</summary>
public sealed class PoolSnapshot(string name, IReadOnlyList<ServerState> servers, PoolBalancer balancer)
{
    private readonly ServerState[] _servers = [.. servers];

    /// <summary>A pool that takes its servers in turn.</summary>
    public PoolSnapshot(string name, IReadOnlyList<ServerState> servers)
        : this(name, servers, InTurn(servers))
    {
    }

    /// <summary>The pool's name.</summary>
    public string Name { get; } = name;

    internal byte[] NameBytes { get; } = Encoding.UTF8.GetBytes(name);

    /// <summary>The servers in the order of the configuration.</summary>
    public IReadOnlyList<ServerState> Servers => _servers;

    /// <summary>Milliseconds that a connect may take.</summary>
    public int ConnectMs { get; init; } = 3_000;

    /// <summary>Milliseconds that a server may be silent while it owes bytes; <see cref="int.MaxValue"/>: any.</summary>
    public int ResponseMs { get; init; } = 60_000;

    /// <summary>Milliseconds that a tunnel may be silent; <see cref="int.MaxValue"/>: any.</summary>
    public int TunnelMs { get; init; } = 3_600_000;

    /// <summary>The same once one side of the tunnel has ended; past <see cref="TunnelMs"/> it means nothing.</summary>
    public int TunnelHalfClosedMs { get; init; } = 30_000;

    /// <summary>Milliseconds that an unused connection to a server is kept.</summary>
    public int IdleMs { get; init; } = 55_000;

    /// <summary>Unused connections kept per server and worker.</summary>
    public int IdlePerServer { get; init; } = 256;

    /// <summary>Requests after which a connection to a server is closed; 0: never.</summary>
    public int RequestsPerConnection { get; init; }

    /// <summary>Milliseconds after which a connection to a server is closed with its request; <see cref="int.MaxValue"/>:
    /// never.</summary>
    public int MaxAgeMs { get; init; } = 3_600_000;

    /// <summary>Whether requests that must not be sent twice get a new connection, which no server is about to close.</summary>
    public bool FreshForNonIdempotent { get; init; }

    /// <summary>Tries beyond the first.</summary>
    public int Retries { get; init; } = 1;

    /// <summary>Whether a try follows a connection that could not be made.</summary>
    public bool RetryOnConnectFailure { get; init; } = true;

    /// <summary>Whether a try follows a connection that broke before the first byte of a response.</summary>
    public bool RetryOnReset { get; init; } = true;

    /// <summary>What of a request balancing goes by; null: nothing.</summary>
    internal RequestKeys? Keys { get; init; }

    /// <summary>Whether balancing goes by how long servers take.</summary>
    internal bool ObservesLatency { get; init; }

    /// <summary>Who takes requests; the next snapshot of the same pool goes on with its counters.</summary>
    public PoolBalancer Balancer => balancer;

    /// <summary>Picks a server for a request.</summary>
    /// <param name="request">What is known of the request.</param>
    /// <param name="index">The server's place in <see cref="Servers"/>, or the reason of <see cref="Balancer"/> that there is
    /// none.</param>
    internal ServerState? Pick(in PickRequest request, out int index)
    {
        index = balancer.Current.Pick(request);
        return index >= 0 ? _servers[index] : null;
    }

    private static PoolBalancer InTurn(IReadOnlyList<ServerState> servers) => new(
        BalanceAlgorithm.RoundRobin, [.. servers.Select(server => server.Balancing)], new RosterOptions(0.5, 0), previous: null, nowMs: 0);
}
