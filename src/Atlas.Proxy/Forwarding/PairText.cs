using Atlas.Protocols.Http;
using Atlas.Protocols.Http1;

namespace Atlas.Proxy.Forwarding;

/// <summary>Finds values in lists of <c>name=value</c>: cookies and queries.</summary>
internal static class PairText
{
    /// <summary>The first value of a cookie that is not empty (RFC 6265 4.2.1); empty: there is none. Clients may send several
    /// lines. O(size of the cookies).</summary>
    /// <param name="buffer">What the head's slices lie in.</param>
    /// <param name="head">The request.</param>
    /// <param name="name">The cookie's name, in its exact case.</param>
    internal static ReadOnlySpan<byte> CookieOf(ReadOnlySpan<byte> buffer, RequestHead head, ReadOnlySpan<byte> name)
    {
        for (int i = -1; (i = head.Headers.IndexOf(KnownHeader.Cookie, i + 1)) >= 0;)
        {
            ReadOnlySpan<byte> value = ValueOf(head.Headers[i].Value.Of(buffer), name, (byte)';');
            if (!value.IsEmpty)
            {
                return value;
            }
        }

        return default;
    }

    /// <summary>The value behind the first such name, as it came; empty: there is none.</summary>
    internal static ReadOnlySpan<byte> ValueOf(ReadOnlySpan<byte> pairs, ReadOnlySpan<byte> name, byte separator)
    {
        while (!pairs.IsEmpty)
        {
            int end = pairs.IndexOf(separator);
            ReadOnlySpan<byte> pair = (end < 0 ? pairs : pairs[..end]).Trim(" \t"u8);
            if (pair.Length > name.Length && pair[name.Length] == '=' && pair.StartsWith(name))
            {
                return pair[(name.Length + 1)..];
            }

            pairs = end < 0 ? default : pairs[(end + 1)..];
        }

        return default;
    }
}
