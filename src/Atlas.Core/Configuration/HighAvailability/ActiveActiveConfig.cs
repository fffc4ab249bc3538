namespace Atlas.Core.Configuration;

/// <summary>An authoritative DNS server that answers with living nodes only.</summary>
public sealed record ActiveActiveConfig : ConfigSection
{
    /// <summary>Where it listens, UDP and TCP; null only while the configuration is being read.</summary>
    public BindAddress? Bind { get; init; }

    /// <summary>The zone that it answers for, without a dot at its end.</summary>
    public string Zone { get; init; } = "";

    /// <summary>The time to live of its answers. Default 5 s.</summary>
    public int TtlSeconds { get; init; } = 5;

    /// <summary>The names of the zone's name servers, in lower case; empty: <c>ns</c> in the zone, with the nodes' addresses.</summary>
    public ValueList<string> NameServers { get; init; } = [];

    /// <summary>How many equal answers a network of clients gets over UDP; null: as many as it asks for. Default 100/s.</summary>
    public Rate? ResponseLimit { get; init; } = new Rate(100, 1_000);

    /// <summary>The names in the zone.</summary>
    public ValueList<DnsAnswerConfig> Records { get; init; } = [];

    /// <summary>Who answers for the zone, in the form of its SOA record (RFC 1035 3.3.13): a mailbox with a dot in place of the @.</summary>
    public string Mailbox => "hostmaster." + Zone;
}
