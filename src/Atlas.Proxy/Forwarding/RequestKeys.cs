using System.Text;
using Atlas.Core.Balancing;
using Atlas.Core.Configuration;
using Atlas.Protocols.Http;
using Atlas.Protocols.Http1;

namespace Atlas.Proxy.Forwarding;

/// <summary>Hashes the part of a request that a pool's balancing goes by. What comes from the request is taken as it came: paths
/// are not normalised, values not decoded. Immutable.</summary>
/// <param name="key">The part.</param>
/// <param name="ipv6PrefixBits">How many leading bits of an IPv6 client's address count.</param>
internal sealed class RequestKeys(RequestKey key, int ipv6PrefixBits)
{
    private readonly byte[] _name = Encoding.Latin1.GetBytes(key.Name);
    private readonly KnownHeader _known = HeaderNames.Recognize(Encoding.Latin1.GetBytes(key.Name));

    /// <summary>Hashes the key of a request. O(size of the part).</summary>
    /// <param name="buffer">What the head's slices lie in.</param>
    /// <param name="head">The request.</param>
    /// <param name="clientIp">The client's address as text; empty when unknown.</param>
    /// <param name="isPeerTrusted">Whether the peer's forwarding fields are believed.</param>
    /// <param name="hash">Gets the hash.</param>
    /// <returns>False if the request has no such part, or an empty one.</returns>
    internal bool TryHash(ReadOnlySpan<byte> buffer, RequestHead head, ReadOnlySpan<byte> clientIp, bool isPeerTrusted, out ulong hash)
    {
        switch (key.Kind)
        {
            case RequestKeyKind.ClientIp:
                return TryHashAddress(clientIp, out hash);
            case RequestKeyKind.Host:
                return TryHashHost(head.Host.Of(buffer), out hash);
            case RequestKeyKind.Path:
                hash = KeyHash.Of(PathOf(buffer, head));
                return true;
            case RequestKeyKind.Uri:
                hash = KeyHash.Of(UriOf(buffer, head));
                return true;
            case RequestKeyKind.Header:
                return TryHash(HeaderOf(buffer, head, isPeerTrusted), out hash);
            case RequestKeyKind.Cookie:
                return TryHash(PairText.CookieOf(buffer, head, _name), out hash);
            case RequestKeyKind.Query:
                return TryHash(PairText.ValueOf(head.Query.Of(buffer), _name, (byte)'&'), out hash);
            case RequestKeyKind.Sni:
                hash = 0;
                return false;
            default:
                throw new ArgumentOutOfRangeException(nameof(key));
        }
    }

    /// <summary>Hashes the key of what is passed on unread, of which only the client's address and the name that it asks for are
    /// known.</summary>
    /// <param name="clientIp">4 or 16 bytes in network order; empty when unknown.</param>
    /// <param name="serverName">The server name of its ClientHello; empty when there is none.</param>
    /// <param name="hash">Gets the hash.</param>
    internal bool TryHashClient(ReadOnlySpan<byte> clientIp, ReadOnlySpan<byte> serverName, out ulong hash)
    {
        if (key.Kind == RequestKeyKind.Sni)
        {
            return TryHashHost(serverName, out hash);
        }

        bool has = key.Kind == RequestKeyKind.ClientIp && !clientIp.IsEmpty;
        hash = has ? KeyHash.OfAddress(clientIp, ipv6PrefixBits) : 0;
        return has;
    }

    private static bool TryHash(ReadOnlySpan<byte> value, out ulong hash)
    {
        hash = value.IsEmpty ? 0 : KeyHash.Of(value);
        return !value.IsEmpty;
    }

    private bool TryHashAddress(ReadOnlySpan<byte> text, out ulong hash)
    {
        Span<byte> ip = stackalloc byte[IpAddressText.MaxLength];
        int length = IpAddressText.Parse(text, ip);
        hash = length == 0 ? 0 : KeyHash.OfAddress(ip[..length], ipv6PrefixBits);
        return length > 0;
    }

    // The dot of the root says nothing that distinguishes hosts.
    private static bool TryHashHost(ReadOnlySpan<byte> host, out ulong hash)
    {
        hash = host.IsEmpty ? 0 : KeyHash.OfLowered(host.TrimEnd((byte)'.'));
        return !host.IsEmpty;
    }

    // As servers get it (RFC 9112 3.2.1).
    private static ReadOnlySpan<byte> PathOf(ReadOnlySpan<byte> buffer, RequestHead head) =>
        head.Path.IsEmpty ? "/"u8 : head.Path.Of(buffer);

    private static ReadOnlySpan<byte> UriOf(ReadOnlySpan<byte> buffer, RequestHead head) =>
        !head.HasQuery ? PathOf(buffer, head)
        : head.Path.IsEmpty ? head.Query.Of(buffer)
        : buffer[head.Path.Offset..head.Query.End];

    /// <summary>The first value of the field that counts.</summary>
    private ReadOnlySpan<byte> HeaderOf(ReadOnlySpan<byte> buffer, RequestHead head, bool isPeerTrusted)
    {
        for (int i = -1; (i = head.Headers.IndexOf(_known, i + 1)) >= 0;)
        {
            HeaderField field = head.Headers[i];
            bool isNamed = _known != KnownHeader.None || Ascii.EqualsIgnoreCase(field.Name.Of(buffer), _name);
            if (isNamed && BelievedFields.Has(field, isPeerTrusted))
            {
                return field.Value.Of(buffer);
            }
        }

        return default;
    }
}
