using System.Text;
using Atlas.Core.Balancing;
using Atlas.Core.Configuration;
using Atlas.Core.Resilience;
using Atlas.Engine.Workers;
using Atlas.Proxy.Affinity;
using Atlas.Proxy.Forwarding;
using Atlas.Proxy.Queueing;
using Atlas.Proxy.Retries;
using Atlas.Proxy.UserSessions;

namespace Atlas.Proxy.Snapshots;

/// <summary>A pool as the data plane sees it: immutable, but for the state of its servers and who of them takes
/// requests.</summary>
public sealed class PoolSnapshot(string name, IReadOnlyList<ServerState> servers, PoolBalancer balancer)
{
    private readonly ServerState[] _servers = [.. servers];
    private readonly PoolQueue _queue = NewQueue(balancer);

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

    /// <summary>Milliseconds that a TCP connection may be silent once one side has ended; <see cref="int.MaxValue"/>: as long as
    /// before.</summary>
    public int TcpHalfClosedMs { get; init; } = int.MaxValue;

    /// <summary>Whether TCP connections come to the servers from the addresses of the clients.</summary>
    public bool ConnectsAsClient { get; init; }

    /// <summary>Whether the TCP connections to a server end when it goes down.</summary>
    public bool ClosesOnServerDown { get; init; }

    /// <summary>Milliseconds that an unused connection to a server is kept.</summary>
    public int IdleMs { get; init; } = 55_000;

    /// <summary>Unused connections kept per server and worker.</summary>
    public int IdlePerServer { get; init; } = 256;

    /// <summary>Requests after which a connection to a server is closed; 0: never.</summary>
    public int RequestsPerConnection { get; init; }

    /// <summary>Milliseconds after which a connection to a server is closed with its request; <see cref="int.MaxValue"/>:
    /// never.</summary>
    public int MaxAgeMs { get; init; } = 3_600_000;

    /// <summary>The PROXY protocol header that connections to the servers open with.</summary>
    public ProxyProtocolVersion SendProxyProtocol { get; init; } = ProxyProtocolVersion.None;

    /// <summary>The version of HTTP that the servers are spoken to in.</summary>
    public UpstreamProtocol Protocol { get; init; } = UpstreamProtocol.Http1;

    /// <summary>TLS towards the servers; null: plain text.</summary>
    public UpstreamTls? Tls { get; init; }

    /// <summary>HTTP/2: requests at once on a connection.</summary>
    public int MaxStreams { get; init; } = 100;

    /// <summary>Whether requests that must not be sent twice get a new connection, which no server is about to close.</summary>
    public bool FreshForNonIdempotent { get; init; }

    /// <summary>When a request is tried again.</summary>
    public RetryPolicy Retry { get; init; } = RetryPolicy.Default;

    /// <summary>Bounds the retries of all workers; the same one in the next snapshot of the pool.</summary>
    public RetryBudget RetryBudget { get; init; } = new();

    /// <summary>The most retries at once, as a share of the requests under way, 0 to 1.</summary>
    public double RetryShare { get; init; } = 0.2;

    /// <summary>Refuses requests while too many fail; null: never. The same one in the next snapshot of the pool, if its
    /// settings stay.</summary>
    public CircuitBreaker? CircuitBreaker { get; init; }

    /// <summary>Failures in a row that make a server suspect; null: none does.</summary>
    public int? ConsecutiveFailures { get; init; }

    /// <summary>Hears of what the control plane has to act on; null: nobody does.</summary>
    public IPoolObserver? Observer { get; init; }

    /// <summary>What of a request balancing goes by; null: nothing.</summary>
    internal RequestKeys? Keys { get; init; }

    /// <summary>Binds clients to servers; null: each request goes where balancing says.</summary>
    public PoolAffinity? Affinity { get; init; }

    /// <summary>Binds clients to servers in a store; null: nothing does.</summary>
    public SharedAffinity? SharedAffinity { get; init; }

    /// <summary>The sessions of clients, which the servers read and write; null: none.</summary>
    public SessionSnapshot? Session { get; init; }

    /// <summary>Whether balancing goes by how long servers take.</summary>
    internal bool ObservesLatency { get; init; }

    /// <summary>Who takes requests; the next snapshot of the same pool goes on with its counters.</summary>
    public PoolBalancer Balancer => balancer;

    /// <summary>The requests that wait for a server; the same one in the next snapshot of the pool.</summary>
    public PoolQueue Queue
    {
        get => _queue;
        init
        {
            _queue = value;
            balancer.Refreshed = value.Review;
        }
    }

    /// <summary>How many may wait.</summary>
    public int QueueLimit { get; init; } = 1_000;

    /// <summary>Milliseconds that one may wait.</summary>
    public int QueueTimeoutMs { get; init; } = 5_000;

    /// <summary>Picks a server for a request and begins the request there. Ends with <see cref="End"/>.</summary>
    /// <param name="request">What is known of the request.</param>
    /// <param name="index">The server's place in <see cref="Servers"/>, or the reason of <see cref="Balancer"/> that there is
    /// none.</param>
    internal ServerState? TryBegin(in PickRequest request, out int index)
    {
        while (true)
        {
            index = balancer.Current.Pick(request);
            if (index < 0)
            {
                return null;
            }

            ServerState server = _servers[index];
            if (server.Balancing.TryBegin())
            {
                return server;
            }
        }
    }

    /// <summary>Ends a request at a server, and hands its slot on if somebody waits for one.</summary>
    /// <param name="server">The server.</param>
    /// <param name="loop">The loop of the calling thread.</param>
    internal void End(ServerState server, EventLoop loop)
    {
        server.Balancing.End();
        Queue.Serve(loop);
    }

    /// <summary>Requests under way at the servers. O(servers).</summary>
    internal int CountActive()
    {
        int active = 0;
        foreach (ServerState server in _servers)
        {
            active += server.Balancing.Active;
        }

        return active;
    }

    /// <summary>A server's place in the pool; -1: it is not here. O(servers).</summary>
    internal int IndexOf(ServerState server) => Array.IndexOf(_servers, server);

    private static PoolQueue NewQueue(PoolBalancer balancer)
    {
        var queue = new PoolQueue();
        balancer.Refreshed = queue.Review;
        return queue;
    }

    private static PoolBalancer InTurn(IReadOnlyList<ServerState> servers) => new(
        BalanceAlgorithm.RoundRobin, [.. servers.Select(server => server.Balancing)], new RosterOptions(0.5, 0), previous: null, nowMs: 0);
}
