using System.Text;
using Atlas.Core.Configuration;
using Atlas.Core.Routing;
using Atlas.Protocols.Tls;

namespace Atlas.Proxy.Snapshots;

/// <summary>Where TLS that is not ended here goes, by what its ClientHello says: immutable. A protocol of the client's list (ALPN,
/// RFC 7301) that is named here goes before the server name.</summary>
/// <param name="names">Server names with their pools.</param>
/// <param name="protocols">Protocols with their pools; the first that the client offers decides.</param>
/// <param name="other">Where other names, none, and what is no TLS go; null: nowhere.</param>
public sealed class TlsRoutes(
    IReadOnlyList<(HostPattern Name, PoolSnapshot Pool)> names,
    IReadOnlyList<(string Protocol, PoolSnapshot Pool)> protocols,
    PoolSnapshot? other)
{
    private readonly ServerNameTable _names = new([.. names.Select(name => name.Name)]);
    private readonly PoolSnapshot[] _pools = [.. names.Select(name => name.Pool)];
    private readonly (byte[] Protocol, PoolSnapshot Pool)[] _protocols =
        [.. protocols.Select(entry => (Encoding.ASCII.GetBytes(entry.Protocol), entry.Pool))];

    /// <summary>Where what is named nowhere goes; null: it is refused.</summary>
    public PoolSnapshot? Other => other;

    /// <summary>All pools that connections may go to.</summary>
    public IEnumerable<PoolSnapshot> Pools => _pools.Concat(_protocols.Select(entry => entry.Pool)).Concat(other is null ? [] : [other]);

    /// <summary>The pool for a client; null: none.</summary>
    /// <param name="serverName">In any case; empty where it gave none.</param>
    /// <param name="offered">What it offers to speak.</param>
    internal PoolSnapshot? Choose(ReadOnlySpan<byte> serverName, AlpnNames offered)
    {
        foreach ((byte[] protocol, PoolSnapshot pool) in _protocols)
        {
            foreach (ReadOnlySpan<byte> name in offered)
            {
                if (name.SequenceEqual(protocol))
                {
                    return pool;
                }
            }
        }

        int index = _names.Find(serverName);
        return index >= 0 ? _pools[index] : other;
    }
}
