namespace Atlas.Core.Configuration;

/// <summary>When a UDP session ends.</summary>
public sealed record UdpConfig : ConfigSection
{
    /// <summary>Without a datagram either way. Default 30 s.</summary>
    public int IdleMs { get; init; } = 30_000;

    /// <summary>After so many datagrams from the server for each one of the client; null: any number, the default.</summary>
    public int? Responses { get; init; }
}
