namespace Atlas.Core.Configuration;

/// <summary>A name in the zone and the nodes that it stands for.</summary>
public sealed record DnsAnswerConfig : ConfigSection
{
    /// <summary>The name before the zone, or <c>@</c> for the zone itself.</summary>
    public string Name { get; init; } = "";

    /// <summary>The nodes.</summary>
    public ValueList<DnsNodeConfig> Nodes { get; init; } = [];

    /// <summary>The whole name, in the case in which it is written.</summary>
    /// <param name="zone">The zone, without a dot at its end.</param>
    public string FullNameIn(string zone) => Name == "@" ? zone : $"{Name}.{zone}";
}
