namespace Atlas.Core.Configuration;

/// <summary>How long a route's exchanges may take.</summary>
public sealed record RouteTimeoutsConfig : ConfigSection
{
    /// <summary>The whole exchange, tries included, from the end of the request's head. Null: any time, the default.</summary>
    public int? RequestMs { get; init; }
}
