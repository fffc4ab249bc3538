using System.Net;

namespace Atlas.Core.Configuration;

/// <summary>Reads addresses as people write them, and no other form.</summary>
internal static class IpLiteral
{
    /// <summary>
    /// Reads four decimal numbers with dots, or IPv6 (RFC 4291 2.2) without zone. The runtime's own parser takes <c>10.1</c>,
    /// <c>0x7f.1</c> and <c>010.0.0.1</c> as well, which mean different addresses to different programs.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<char> text, out IPAddress address)
    {
        address = IPAddress.None;
        if (text.IndexOfAny('%', '[', ']') >= 0 || !IPAddress.TryParse(text, out var parsed))
        {
            return false;
        }

        address = parsed;
        return text.Contains(':') || text.SequenceEqual(parsed.ToString());
    }
}
