namespace Atlas.Core.Configuration;

/// <summary>Chooses a pool by the server name in a ClientHello (RFC 6066 3).</summary>
public sealed record SniConfig : ConfigSection
{
    /// <summary>The names, in the file's order. An exact name goes before a wildcard, a longer wildcard before a shorter.</summary>
    public ValueList<SniRuleConfig> Rules { get; init; } = [];

    /// <summary>The pool for other names and for none; null: such connections are closed.</summary>
    public string? DefaultPool { get; init; }
}
