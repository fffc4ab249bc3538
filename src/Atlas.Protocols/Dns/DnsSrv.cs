namespace Atlas.Protocols.Dns;

/// <summary>Where a service is (RFC 2782).</summary>
/// <param name="Priority">Lower ones are used first.</param>
/// <param name="Weight">The share among those of one priority.</param>
/// <param name="Port">The port.</param>
/// <param name="Target">The host; the root: the service is not there.</param>
public readonly record struct DnsSrv(ushort Priority, ushort Weight, ushort Port, DnsName Target);
