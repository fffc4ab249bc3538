using Atlas.Core.Configuration;

namespace Atlas.Control.Discovery;

/// <summary>What makes the servers of a name the same ones across reloads.</summary>
/// <param name="Pool">The pool.</param>
/// <param name="Server">Their name in the configuration.</param>
/// <param name="Host">The host.</param>
/// <param name="Port">The port; 0: the records have it.</param>
/// <param name="RecordType">What is asked for; null: A and AAAA, of a host name in place of an address.</param>
internal readonly record struct NamedServersKey(string Pool, string Server, string Host, int Port, DnsRecordType? RecordType)
{
    /// <summary>The key of a server in the configuration; null: it is no name.</summary>
    internal static NamedServersKey? Of(PoolConfig pool, ServerConfig server) => server switch
    {
        { Dns: { } dns } => new NamedServersKey(pool.Name, server.Name, dns.Name, dns.Port, dns.RecordType),
        { Address: { IsName: true } address } => new NamedServersKey(pool.Name, server.Name, address.Host, address.Port, null),
        _ => null,
    };

    public override string ToString() => Port == 0 ? Host : $"{Host}:{Port}";
}
