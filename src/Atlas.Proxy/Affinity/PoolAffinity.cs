using System.Collections.Frozen;
using System.Text;
using Atlas.Core.Balancing;
using Atlas.Protocols.Http;
using Atlas.Protocols.Http1;
using Atlas.Proxy.Forwarding;
using Atlas.Proxy.Snapshots;

namespace Atlas.Proxy.Affinity;

/// <summary>
/// Which server a client of a pool is bound to: by a cookie of Atlas' own, which names it, or by a cookie of the application,
/// whose clients are learned. A client that is not bound, or whose server takes nothing, goes where balancing says and is bound
/// to that. Immutable, but for what was learned.
/// </summary>
public sealed class PoolAffinity
{
    private readonly StickyCookie? _cookie;
    private readonly byte[] _appCookie = [];
    private readonly FrozenDictionary<string, int> _indexes = FrozenDictionary<string, int>.Empty;

    /// <summary>By a cookie of Atlas' own.</summary>
    internal PoolAffinity(StickyCookie cookie) => _cookie = cookie;

    /// <summary>By a cookie of the application.</summary>
    /// <param name="appCookie">Its name.</param>
    /// <param name="servers">The pool's servers, in its order.</param>
    /// <param name="learned">Its clients; the same ones in the next snapshot of the pool.</param>
    internal PoolAffinity(string appCookie, IEnumerable<ServerState> servers, LearnedClients learned)
    {
        _appCookie = Encoding.ASCII.GetBytes(appCookie);
        _indexes = servers.Select((server, i) => KeyValuePair.Create(server.Name, i)).ToFrozenDictionary(StringComparer.Ordinal);
        Learned = learned;
    }

    /// <summary>The clients of the application's cookie; null: the cookie is Atlas' own.</summary>
    internal LearnedClients? Learned { get; }

    /// <summary>Whether a client may go to the server that it is bound to: also one that drains.</summary>
    internal static bool Keeps(BalancedServer server) =>
        server is { Admin: not Core.Health.AdminState.Maintenance, IsUp: true, IsEjected: false };

    /// <summary>The server that a request's client is bound to, by its place in the pool; -1: none.</summary>
    /// <param name="buffer">What the head's slices lie in.</param>
    /// <param name="head">The request.</param>
    /// <param name="nowMs">The loop's time.</param>
    internal int BoundTo(ReadOnlySpan<byte> buffer, RequestHead head, long nowMs)
    {
        if (_cookie is not null)
        {
            return _cookie.Ids.IndexOf(PairText.CookieOf(buffer, head, _cookie.Name));
        }

        ReadOnlySpan<byte> value = PairText.CookieOf(buffer, head, _appCookie);
        return !value.IsEmpty && Learned!.Find(KeyHash.Of(value), nowMs) is string server
            && _indexes.TryGetValue(server, out int index)
            ? index
            : -1;
    }

    /// <summary>The cookie that the response has to bring; null: none.</summary>
    /// <param name="bound">The server that the request named, by its place in the pool; -1: none.</param>
    /// <param name="server">The server that answered.</param>
    internal StickyCookie? CookieFor(int bound, int server) => bound == server ? null : _cookie;

    /// <summary>Learns whose client this is: of what the server set, else of what the client sent.</summary>
    /// <param name="requestBuffer">What the request's slices lie in.</param>
    /// <param name="request">The request.</param>
    /// <param name="responseBuffer">What the response's slices lie in.</param>
    /// <param name="response">The response.</param>
    /// <param name="server">The server that answered.</param>
    /// <param name="nowMs">The loop's time.</param>
    internal void Learn(
        ReadOnlySpan<byte> requestBuffer,
        RequestHead request,
        ReadOnlySpan<byte> responseBuffer,
        ResponseHead response,
        ServerState server,
        long nowMs)
    {
        if (Learned is null)
        {
            return;
        }

        ReadOnlySpan<byte> value = SetValueOf(responseBuffer, response, _appCookie);
        value = value.IsEmpty ? PairText.CookieOf(requestBuffer, request, _appCookie) : value;
        if (!value.IsEmpty)
        {
            Learned.Learn(KeyHash.Of(value), server.Name, nowMs);
        }
    }

    /// <summary>The value that a response sets a cookie to; empty: it does not. O(fields).</summary>
    /// <param name="buffer">What the response's slices lie in.</param>
    /// <param name="response">The response.</param>
    /// <param name="name">The cookie's name, in its exact case.</param>
    internal static ReadOnlySpan<byte> SetValueOf(ReadOnlySpan<byte> buffer, ResponseHead response, ReadOnlySpan<byte> name)
    {
        for (int i = -1; (i = response.Headers.IndexOf(KnownHeader.SetCookie, i + 1)) >= 0;)
        {
            // RFC 6265 4.1.1: the pair comes first, attributes follow.
            ReadOnlySpan<byte> field = response.Headers[i].Value.Of(buffer);
            int end = field.IndexOf((byte)';');
            ReadOnlySpan<byte> value = PairText.ValueOf(end < 0 ? field : field[..end], name, (byte)';');
            if (!value.IsEmpty)
            {
                return value;
            }
        }

        return default;
    }
}
