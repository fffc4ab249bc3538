namespace Atlas.Core.Routing;

/// <summary>The conditions of a route, in the order in which they are looked at.</summary>
public enum RouteCondition
{
    /// <summary>None: all conditions hold.</summary>
    None,

    /// <summary>One of the hosts.</summary>
    Host,

    /// <summary>One of the paths.</summary>
    Path,

    /// <summary>One of the methods.</summary>
    Method,

    /// <summary>One of the client's networks.</summary>
    Client,

    /// <summary>A header.</summary>
    Header,

    /// <summary>A cookie.</summary>
    Cookie,

    /// <summary>A query parameter.</summary>
    Query,
}
