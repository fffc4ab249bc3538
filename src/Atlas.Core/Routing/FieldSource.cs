namespace Atlas.Core.Routing;

/// <summary>Where named values of a request stand.</summary>
internal enum FieldSource
{
    /// <summary>In the header fields.</summary>
    Header,

    /// <summary>In <c>Cookie</c>.</summary>
    Cookie,

    /// <summary>In the query.</summary>
    Query,
}
