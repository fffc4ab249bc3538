using Atlas.Engine.Tls;

namespace Atlas.Proxy.Snapshots;

/// <summary>TLS towards the servers of a pool. Immutable.</summary>
/// <param name="context">What handshakes go by. Connections and sessions of another one are not used again.</param>
/// <param name="serverName">The name, or IP address in text, that all servers have to prove; null: each its own.</param>
/// <param name="hostNames">The names that servers were found by; others have to prove their IP addresses.</param>
public sealed class UpstreamTls(TlsClientContext context, string? serverName, IReadOnlyDictionary<ServerState, string> hostNames)
{
    /// <summary>What handshakes go by.</summary>
    public TlsClientContext Context => context;

    /// <summary>The name that a server is asked for and has to prove; null: none, as of a Unix socket.</summary>
    internal string? NameOf(ServerState server) => serverName
        ?? hostNames.GetValueOrDefault(server)
        ?? (server.Address.IsUnix ? null : new System.Net.IPAddress(server.Address.Ip).ToString());
}
