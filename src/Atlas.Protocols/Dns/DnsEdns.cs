namespace Atlas.Protocols.Dns;

/// <summary>What an OPT record says beside its options (RFC 6891 6.1.3).</summary>
/// <param name="UdpBytes">The largest message over UDP that its sender takes, at least 512.</param>
/// <param name="ExtendedCode">The upper eight bits of the response code.</param>
/// <param name="Version">The version; 0.</param>
/// <param name="DnssecOk">Whether signatures are wanted.</param>
public readonly record struct DnsEdns(ushort UdpBytes, byte ExtendedCode = 0, byte Version = 0, bool DnssecOk = false);
