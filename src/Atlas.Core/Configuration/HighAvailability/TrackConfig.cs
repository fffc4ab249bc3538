namespace Atlas.Core.Configuration;

/// <summary>What lowers a virtual router's priority on this node, so that a node that is better off takes the addresses.</summary>
public sealed record TrackConfig : ConfigSection
{
    /// <summary>Whether the node asks its own listeners. Default true.</summary>
    public bool Listeners { get; init; } = true;

    /// <summary>Pools that need a server that takes requests. Default none.</summary>
    public ValueList<string> Pools { get; init; } = [];

    /// <summary>What each that fails takes from the priority, which stays 1 at least; 1 to 254. Default 100.</summary>
    public int Penalty { get; init; } = 100;
}
