namespace Atlas.Core.Configuration;

/// <summary>A host to match, without a port, compared without regard to case.</summary>
/// <param name="Name">In lower case: the whole host, or what must follow after the first labels, as in <c>.example.com</c>.</param>
/// <param name="IsWildcard">Written <c>*.example.com</c>: one label or more must stand before <paramref name="Name"/>.</param>
public sealed record HostPattern(string Name, bool IsWildcard)
{
    /// <summary>As it is written in a configuration.</summary>
    public override string ToString() => IsWildcard ? "*" + Name : Name;
}
