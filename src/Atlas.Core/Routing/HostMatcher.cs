using System.Text;
using Atlas.Core.Configuration;

namespace Atlas.Core.Routing;

/// <summary>Compares hosts with one pattern. Immutable.</summary>
internal sealed class HostMatcher
{
    private readonly byte[] _name;

    /// <summary>A matcher for a pattern.</summary>
    public HostMatcher(HostPattern pattern)
    {
        IsWildcard = pattern.IsWildcard;
        _name = Encoding.UTF8.GetBytes(pattern.Name.ToLowerInvariant());
    }

    /// <summary>Whether labels stand before the name.</summary>
    public bool IsWildcard { get; }

    /// <summary>The host in lower case, or what must follow the first labels, with its first dot.</summary>
    public ReadOnlySpan<byte> Name => _name;

    /// <summary>A host as it is compared: without the dot of the root (RFC 1034 3.1).</summary>
    public static ReadOnlySpan<byte> WithoutRoot(ReadOnlySpan<byte> host) => host.Length > 1 && host[^1] == '.' ? host[..^1] : host;

    /// <summary>Whether a host matches that <see cref="WithoutRoot"/> returned, in any case.</summary>
    public bool Matches(ReadOnlySpan<byte> host) => IsWildcard
        ? host.Length > _name.Length && Ascii.EqualsIgnoreCase(host[^_name.Length..], _name)
        : Ascii.EqualsIgnoreCase(host, _name);
}
