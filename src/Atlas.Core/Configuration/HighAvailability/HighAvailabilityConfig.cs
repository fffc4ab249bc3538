namespace Atlas.Core.Configuration;

/// <summary>How several nodes stand in for each other.</summary>
public sealed record HighAvailabilityConfig : ConfigSection
{
    /// <summary>This node's name.</summary>
    public string Node { get; init; } = "";

    /// <summary>What the nodes prove themselves to each other with; there where peers are.</summary>
    public SecretConfig? Secret { get; init; }

    /// <summary>Where it hears the other nodes, UDP; null: every address, at the port that the peers have.</summary>
    public BindAddress? Bind { get; init; }

    /// <summary>The other nodes.</summary>
    public ValueList<PeerConfig> Peers { get; init; } = [];

    /// <summary>Addresses that move to a living node (VRRPv3, RFC 9568).</summary>
    public ValueList<VirtualRouterConfig> ActivePassive { get; init; } = [];

    /// <summary>A DNS server that answers with living nodes only; null: none.</summary>
    public ActiveActiveConfig? ActiveActive { get; init; }
}
