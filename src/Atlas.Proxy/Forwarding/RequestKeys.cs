using System.Text;
using Atlas.Core.Balancing;
using Atlas.Core.Configuration;
using Atlas.Protocols.Http;
using Atlas.Protocols.Http1;

namespace Atlas.Proxy.Forwarding;

/// <summary>Finds the part of a request that balancing or a limit goes by, and hashes it. What comes from the request is taken as it came: paths
/// are not normalised, values not decoded. Immutable.</summary>
/// <param name="key">The part.</param>
/// <param name="ipv6PrefixBits">How many leading bits of an IPv6 client's address count.</param>
internal sealed class RequestKeys(RequestKey key, int ipv6PrefixBits)
{
    private readonly byte[] _name = Encoding.Latin1.GetBytes(key.Name);
    private readonly KnownHeader _known = HeaderNames.Recognize(Encoding.Latin1.GetBytes(key.Name));

    /// <summary>Hashes the key of a request. O(size of the part).</summary>
    /// <param name="buffer">As of <see cref="TryFind"/>.</param>
    /// <param name="head">As of <see cref="TryFind"/>.</param>
    /// <param name="clientIp">As of <see cref="TryFind"/>.</param>
    /// <param name="isPeerTrusted">As of <see cref="TryFind"/>.</param>
    /// <param name="hash">Gets the hash.</param>
    /// <returns>False if the request has no such part, or an empty one.</returns>
    internal bool TryHash(ReadOnlySpan<byte> buffer, RequestHead head, ReadOnlySpan<byte> clientIp, bool isPeerTrusted, out ulong hash)
    {
        bool has = TryFind(buffer, head, clientIp, isPeerTrusted, stackalloc byte[KeyHash.MaxForm], out ReadOnlySpan<byte> value);
        hash = has ? KeyHash.Of(value) : 0;
        return has;
    }

    /// <summary>Finds the key of a request, in the one form that equal keys have: hosts in lower case, addresses as bytes.</summary>
    /// <param name="buffer">What the head's slices lie in.</param>
    /// <param name="head">The request.</param>
    /// <param name="clientIp">The client's address as text; empty when unknown.</param>
    /// <param name="isPeerTrusted">Whether the peer's forwarding fields are believed.</param>
    /// <param name="form">Where a form is written that does not stand in the head, <see cref="KeyHash.MaxForm"/> bytes.</param>
    /// <param name="value">Gets the key, in <paramref name="buffer"/> or <paramref name="form"/>; empty where there is none.</param>
    /// <returns>False if the request has no such part, or an empty one.</returns>
    internal bool TryFind(
        ReadOnlySpan<byte> buffer,
        RequestHead head,
        ReadOnlySpan<byte> clientIp,
        bool isPeerTrusted,
        Span<byte> form,
        out ReadOnlySpan<byte> value)
    {
        value = key.Kind switch
        {
            RequestKeyKind.ClientIp => AddressOf(clientIp, form),
            RequestKeyKind.Host => HostOf(head.Host.Of(buffer), form),
            RequestKeyKind.Path => PathOf(buffer, head),
            RequestKeyKind.Uri => UriOf(buffer, head),
            RequestKeyKind.Header => HeaderOf(buffer, head, isPeerTrusted),
            RequestKeyKind.Cookie => PairText.CookieOf(buffer, head, _name),
            RequestKeyKind.Query => PairText.ValueOf(head.Query.Of(buffer), _name, (byte)'&'),
            RequestKeyKind.Sni or RequestKeyKind.Route => default,
            _ => throw new ArgumentOutOfRangeException(nameof(key)),
        };
        return !value.IsEmpty;
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
            ReadOnlySpan<byte> name = HostOf(serverName, stackalloc byte[KeyHash.MaxForm]);
            hash = name.IsEmpty ? 0 : KeyHash.Of(name);
            return !name.IsEmpty;
        }

        bool has = key.Kind == RequestKeyKind.ClientIp && !clientIp.IsEmpty;
        hash = has ? KeyHash.OfAddress(clientIp, ipv6PrefixBits) : 0;
        return has;
    }

    private ReadOnlySpan<byte> AddressOf(ReadOnlySpan<byte> text, Span<byte> form)
    {
        Span<byte> ip = stackalloc byte[IpAddressText.MaxLength];
        int length = IpAddressText.Parse(text, ip);
        return KeyHash.Network(ip[..length], ipv6PrefixBits, form);
    }

    // The dot of the root says nothing that distinguishes hosts.
    private static ReadOnlySpan<byte> HostOf(ReadOnlySpan<byte> host, Span<byte> form) =>
        KeyHash.Lowered(host.TrimEnd((byte)'.'), form);

    // As servers get it (RFC 9112 3.2.1).
    private static ReadOnlySpan<byte> PathOf(ReadOnlySpan<byte> buffer, RequestHead head) =>
        head.Path.IsEmpty ? "/"u8 : head.Path.Of(buffer);

    private static ReadOnlySpan<byte> UriOf(ReadOnlySpan<byte> buffer, RequestHead head) =>
        !head.HasQuery ? PathOf(buffer, head)
        : head.Path.IsEmpty && !head.Query.IsEmpty ? head.Query.Of(buffer)
        : head.Path.IsEmpty ? "/"u8
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
