using System.Text;
using Atlas.Core.Configuration;

namespace Atlas.Core.Routing;

/// <summary>Finds what a server name of TLS (RFC 6066 3) belongs to: an exact name goes before a wildcard, a longer wildcard before
/// a shorter. Immutable; a search costs O(labels) and allocates nothing.</summary>
public sealed class ServerNameTable
{
    /// <summary>Bytes of the longest name.</summary>
    public const int MaxName = 253;

    private readonly Dictionary<string, int> _exact = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _wildcards = new(StringComparer.Ordinal);

    /// <summary>Makes a table of names; of two equal ones the first holds.</summary>
    /// <param name="names">The names, by whose place the search tells them.</param>
    public ServerNameTable(IReadOnlyList<HostPattern> names)
    {
        for (int i = 0; i < names.Count; i++)
        {
            (names[i].IsWildcard ? _wildcards : _exact).TryAdd(names[i].Name.ToLowerInvariant(), i);
        }
    }

    /// <summary>The place of a name; -1: it belongs to none.</summary>
    /// <param name="name">A host name in ASCII, in any case; longer than <see cref="MaxName"/> belongs to none.</param>
    public int Find(ReadOnlySpan<byte> name)
    {
        Span<char> text = stackalloc char[MaxName];
        if (name.IsEmpty || name.Length > MaxName || Ascii.ToLower(name, text, out int length) != System.Buffers.OperationStatus.Done)
        {
            return -1;
        }

        ReadOnlySpan<char> rest = text[..length];
        if (_exact.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(rest, out int index))
        {
            return index;
        }

        // A wildcard's name begins with the dot before which a label must stand.
        var wildcards = _wildcards.GetAlternateLookup<ReadOnlySpan<char>>();
        for (int dot = 0; _wildcards.Count > 0 && (dot = rest[1..].IndexOf('.')) >= 0;)
        {
            rest = rest[(dot + 1)..];
            if (wildcards.TryGetValue(rest, out index))
            {
                return index;
            }
        }

        return -1;
    }
}
