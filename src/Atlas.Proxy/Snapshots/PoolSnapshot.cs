using System.Text;
using Atlas.Core.Balancing;

namespace Atlas.Proxy.Snapshots;

/// <summary>A pool as the data plane sees it: immutable, but for the counters of its servers and of its rotation.</summary>
public sealed class PoolSnapshot(string name, IReadOnlyList<ServerState> servers, RoundRobin rotation)
{
    private readonly ServerState[] _servers = [.. servers];

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

    /// <summary>The rotation, which the next snapshot of the same pool goes on with.</summary>
    internal RoundRobin Rotation => rotation;

    /// <summary>The next server in rotation that is up and not in <paramref name="tried"/>; with none up, one that was not
    /// tried; null when all were.</summary>
    /// <param name="tried">Bit i is set when server i was tried for this request; servers past 63 are not marked.</param>
    /// <param name="index">The server's place in <see cref="Servers"/>.</param>
    public ServerState? Pick(ulong tried, out int index)
    {
        int start = rotation.Next(_servers.Length);
        for (int pass = 0; pass < 2; pass++)
        {
            for (int i = 0; i < _servers.Length; i++)
            {
                index = (start + i) % _servers.Length;
                bool wasTried = index < 64 && (tried & (1UL << index)) != 0;
                if (!wasTried && (pass == 1 || _servers[index].IsUp))
                {
                    return _servers[index];
                }
            }
        }

        index = -1;
        return null;
    }
}
