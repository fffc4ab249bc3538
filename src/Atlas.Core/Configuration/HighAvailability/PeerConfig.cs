namespace Atlas.Core.Configuration;

/// <summary>Another node.</summary>
public sealed record PeerConfig : ConfigSection
{
    /// <summary>Its name.</summary>
    public string Name { get; init; } = "";

    /// <summary>Where it listens for the other nodes; null only while the configuration is being read.</summary>
    public ServerAddress? Address { get; init; }
}
