namespace Atlas.Core.Configuration;

/// <summary>How a node tells the network that it has the addresses: by gratuitous ARP or unsolicited neighbour advertisements.</summary>
public sealed record AnnounceConfig : ConfigSection
{
    /// <summary>How often at once, when it takes them; 1 to 100. Default 5, as keepalived has it.</summary>
    public int Repeat { get; init; } = 5;

    /// <summary>After how long as often again, for switches that were not ready; 0: not. Default 5 s, as keepalived has it.</summary>
    public int AgainAfterMs { get; init; } = 5_000;

    /// <summary>How often once more as long as it has them, for neighbours that heard wrong; 0: never. Default 60 s.</summary>
    public int RefreshMs { get; init; } = 60_000;
}
