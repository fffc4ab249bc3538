namespace Atlas.Core.Configuration;

/// <summary>
/// What must be true of a request: every list that is not empty must match. Of hosts, paths, methods and clients one must
/// match; of headers, cookies and query parameters all.
/// </summary>
public sealed record MatchConfig : ConfigSection
{
    /// <summary>Hosts.</summary>
    public ValueList<HostPattern> Hosts { get; init; } = [];

    /// <summary>Paths.</summary>
    public ValueList<PathPattern> Paths { get; init; } = [];

    /// <summary>Methods, in their exact case (RFC 9110 9.1).</summary>
    public ValueList<string> Methods { get; init; } = [];

    /// <summary>Headers, their names in any case.</summary>
    public ValueList<FieldMatch> Headers { get; init; } = [];

    /// <summary>Cookies, their names in their exact case.</summary>
    public ValueList<FieldMatch> Cookies { get; init; } = [];

    /// <summary>Query parameters, their names in their exact case.</summary>
    public ValueList<FieldMatch> Query { get; init; } = [];

    /// <summary>Networks of the client's address, after trusted proxies.</summary>
    public ValueList<IpNetwork> Clients { get; init; } = [];

    /// <summary>Whether it says nothing, so that every request matches.</summary>
    public bool IsEmpty =>
        Hosts.Count == 0 && Paths.Count == 0 && Methods.Count == 0 && Headers.Count == 0
        && Cookies.Count == 0 && Query.Count == 0 && Clients.Count == 0;
}
