using Atlas.Protocols.Http;

namespace Atlas.Protocols.Hpack;

/// <summary>The static table (RFC 7541 Appendix A). Indexes are those of the RFC, from 1.</summary>
internal static class HpackStaticTable
{
    /// <summary>The number of entries; indexes above it are of the dynamic table.</summary>
    public const int Count = 61;

    /// <summary>The index of <c>:authority</c>.</summary>
    public const int Authority = 1;

    /// <summary>The first index of <c>:method</c>.</summary>
    public const int Method = 2;

    /// <summary>The first index of <c>:path</c>.</summary>
    public const int Path = 4;

    /// <summary>The first index of <c>:scheme</c>.</summary>
    public const int Scheme = 6;

    /// <summary>The first index of <c>:status</c>.</summary>
    public const int Status = 8;

    /// <summary>The index of <c>cookie</c>.</summary>
    public const int Cookie = 32;

    private static readonly string[] Entries =
    [
        ":authority", ":method GET", ":method POST", ":path /", ":path /index.html", ":scheme http", ":scheme https",
        ":status 200", ":status 204", ":status 206", ":status 304", ":status 400", ":status 404", ":status 500",
        "accept-charset", "accept-encoding gzip, deflate", "accept-language", "accept-ranges", "accept",
        "access-control-allow-origin", "age", "allow", "authorization", "cache-control", "content-disposition",
        "content-encoding", "content-language", "content-length", "content-location", "content-range", "content-type",
        "cookie", "date", "etag", "expect", "expires", "from", "host", "if-match", "if-modified-since", "if-none-match",
        "if-range", "if-unmodified-since", "last-modified", "link", "location", "max-forwards", "proxy-authenticate",
        "proxy-authorization", "range", "referer", "refresh", "retry-after", "server", "set-cookie",
        "strict-transport-security", "transfer-encoding", "user-agent", "vary", "via", "www-authenticate",
    ];

    private static readonly byte[][] Names = new byte[Count + 1][];
    private static readonly byte[][] Values = new byte[Count + 1][];
    private static readonly KnownHeader[] Meanings = new KnownHeader[Count + 1];

    // The first index of each known name; 0 if it is not in the table.
    private static readonly byte[] Indexes = new byte[256];

    static HpackStaticTable()
    {
        for (int index = Count; index > 0; index--)
        {
            string entry = Entries[index - 1];
            int space = entry.IndexOf(' ', StringComparison.Ordinal);
            Names[index] = Encode(space < 0 ? entry : entry[..space]);
            Values[index] = space < 0 ? [] : Encode(entry[(space + 1)..]);
            Meanings[index] = HeaderNames.Recognize(Names[index]);
            Indexes[(int)Meanings[index]] = (byte)index;
        }

        Indexes[(int)KnownHeader.None] = 0;
    }

    /// <summary>The name of an entry.</summary>
    /// <param name="index">1 to <see cref="Count"/>.</param>
    public static ReadOnlySpan<byte> Name(int index) => Names[index];

    /// <summary>The value of an entry; empty for most.</summary>
    /// <param name="index">1 to <see cref="Count"/>.</param>
    public static ReadOnlySpan<byte> Value(int index) => Values[index];

    /// <summary>The meaning of an entry's name; none for pseudo-header fields.</summary>
    /// <param name="index">1 to <see cref="Count"/>.</param>
    public static KnownHeader Known(int index) => Meanings[index];

    /// <summary>The first entry with this name, or 0.</summary>
    public static int IndexOf(KnownHeader known) => Indexes[(int)known];

    /// <summary>The entry with the name of another one and this value, or 0. There are 7 entries of one name at the most.</summary>
    /// <param name="name">The first entry of that name, 1 to <see cref="Count"/>.</param>
    /// <param name="value">The value.</param>
    public static int IndexOf(int name, ReadOnlySpan<byte> value)
    {
        int end = name switch
        {
            Method => Path,
            Path => Scheme,
            Scheme => Status,
            Status => Status + 7,
            _ => name + 1,
        };

        for (int index = name; index < end; index++)
        {
            if (value.SequenceEqual(Values[index]))
            {
                return index;
            }
        }

        return 0;
    }

    private static byte[] Encode(string text) => System.Text.Encoding.ASCII.GetBytes(text);
}
