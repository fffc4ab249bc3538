namespace Atlas.Core.Routing;

/// <summary>
/// What routes look at of a request. Whoever holds a parsed head implements it as a struct, and the table is generic over it,
/// so that no call is virtual and nothing is copied. All bytes are lent for the length of the call that asked for them.
/// </summary>
public interface IRouteRequest
{
    /// <summary>The host in any case, without a port, an IPv6 address in brackets; empty if there is none.</summary>
    ReadOnlySpan<byte> Host { get; }

    /// <summary>The query as it came, without the question mark; empty if there is none.</summary>
    ReadOnlySpan<byte> Query { get; }

    /// <summary>The method, in its exact case.</summary>
    ReadOnlySpan<byte> Method { get; }

    /// <summary>
    /// The client's address after trusted proxies, 4 or 16 bytes in network order; empty if it is not known, which is in no
    /// network.
    /// </summary>
    ReadOnlySpan<byte> Client { get; }

    /// <summary>The place of the first field with this name at or after a place, or -1.</summary>
    /// <param name="name">A field name in lower case; the request's may have any case.</param>
    /// <param name="start">From 0.</param>
    int FindHeader(scoped ReadOnlySpan<byte> name, int start);

    /// <summary>The value of a field, without surrounding whitespace.</summary>
    /// <param name="place">What <see cref="FindHeader"/> returned.</param>
    ReadOnlySpan<byte> HeaderValue(int place);
}
