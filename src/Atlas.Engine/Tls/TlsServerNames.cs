namespace Atlas.Engine.Tls;

/// <summary>Which certificates serve which name: an exact name before one with a wildcard, which stands for one label. Of each
/// kind of key the first certificate counts, so that a set has at most one of a kind.</summary>
internal sealed class TlsServerNames
{
    /// <summary>RFC 1035 2.3.4, without the dot at the end.</summary>
    internal const int MaxNameLength = 255;

    private readonly Dictionary<string, int> _sets = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _lookup;

    /// <summary>Makes the table.</summary>
    /// <param name="certificates">The names of each certificate, and the kind of its key. At least one.</param>
    internal TlsServerNames(IReadOnlyList<(IReadOnlyList<string> Names, int KeyKind)> certificates)
    {
        _lookup = _sets.GetAlternateLookup<ReadOnlySpan<char>>();
        var members = new Dictionary<string, List<int>>(StringComparer.Ordinal);
        for (int i = 0; i < certificates.Count; i++)
        {
            // Those without a name are one name's, which no client can ask for.
            IReadOnlyList<string> names = certificates[i].Names;
            foreach (string name in names.Count == 0 ? [""] : names)
            {
                Add(members, Key(name), i, certificates);
            }
        }

        var sets = new List<int[]>();
        foreach ((string name, List<int> set) in members)
        {
            int known = sets.FindIndex(other => other.AsSpan().SequenceEqual(set.ToArray()));
            _sets.Add(name, known < 0 ? sets.Count : known);
            if (known < 0)
            {
                sets.Add([.. set]);
            }
        }

        Sets = sets;
        Default = _sets[certificates[0].Names is [string first, ..] ? Key(first) : ""];
    }

    /// <summary>Certificates that serve the same names together.</summary>
    internal IReadOnlyList<int[]> Sets { get; }

    /// <summary>The set of the first certificate.</summary>
    internal int Default { get; }

    /// <summary>Finds the set of a name.</summary>
    /// <param name="asked">As a client sent it.</param>
    /// <param name="set">The set; the default where the name is not known.</param>
    /// <param name="name">The name in the form that is compared; empty when it is none.</param>
    internal bool TryFind(ReadOnlySpan<byte> asked, out int set, out string name)
    {
        set = Default;
        name = "";
        Span<char> characters = stackalloc char[MaxNameLength];
        int length = Normalize(asked, characters);
        if (length == 0)
        {
            return false;
        }

        ReadOnlySpan<char> text = characters[..length];
        if (_lookup.TryGetValue(text, out string? known, out int found))
        {
            set = found;
            name = known;
            return true;
        }

        name = text.ToString();
        int dot = text.IndexOf('.');
        if (dot > 0 && _lookup.TryGetValue(text[dot..], out found))
        {
            set = found;
            return true;
        }

        return false;
    }

    /// <summary>Whether a certificate is for a name. Allocates nothing.</summary>
    /// <param name="name">As a client sent it.</param>
    internal bool Contains(ReadOnlySpan<byte> name)
    {
        Span<char> characters = stackalloc char[MaxNameLength];
        ReadOnlySpan<char> text = characters[..Normalize(name, characters)];
        int dot = text.IndexOf('.');
        return text.Length > 0 && (_lookup.ContainsKey(text) || (dot > 0 && _lookup.ContainsKey(text[dot..])));
    }

    private static void Add(
        Dictionary<string, List<int>> members, string key, int certificate, IReadOnlyList<(IReadOnlyList<string> Names, int KeyKind)> all)
    {
        if (!members.TryGetValue(key, out List<int>? set))
        {
            members.Add(key, set = []);
        }

        if (!set.Exists(other => all[other].KeyKind == all[certificate].KeyKind))
        {
            set.Add(certificate);
        }
    }

    // A wildcard's key begins with a dot, as no name does that a client may ask for.
    private static string Key(string name)
    {
        string lower = name.ToLowerInvariant().TrimEnd('.');
        return lower.StartsWith("*.", StringComparison.Ordinal) ? lower[1..] : lower;
    }

    private static int Normalize(ReadOnlySpan<byte> asked, Span<char> characters)
    {
        ReadOnlySpan<byte> name = asked.EndsWith("."u8) ? asked[..^1] : asked;
        if (name.Length > characters.Length || name.StartsWith("."u8))
        {
            return 0;
        }

        for (int i = 0; i < name.Length; i++)
        {
            char one = (char)name[i];
            if (!char.IsAsciiLetterOrDigit(one) && one is not ('.' or '-' or '_'))
            {
                return 0;
            }

            characters[i] = char.ToLowerInvariant(one);
        }

        return name.Length;
    }
}
