using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using Atlas.Core.Affinity;
using Atlas.Core.Balancing;
using Atlas.Core.Configuration;
using Atlas.Core.Sessions;
using Atlas.Engine.Flows;
using Atlas.Protocols.Http1;
using Atlas.Protocols.Resp;
using Atlas.Proxy.Forwarding;
using Atlas.Proxy.Http;
using Atlas.Proxy.Snapshots;
using Atlas.Proxy.Stores;
using Atlas.Proxy.UserSessions;

namespace Atlas.Proxy.Affinity;

/// <summary>
/// Which server a client is bound to, in a store that all nodes share and that outlives them. Each node keeps what it learned for a while, so
/// that most requests ask nobody. A store that is away fails no request: what the node knows counts, and who is not known is
/// balanced and bound here.
/// <code>
///   the store says             the client goes                    the store gets
///   a server of the pool       there, if it takes its clients     another time to live; another server if it does not
///   no server                  where balancing says               that one, unless another node was faster
///   a server that is gone      where balancing says               that one
///   nothing in time            where this node sent it last,      that one, unless it knows another
///                              else where balancing says
/// </code>
/// </summary>
public sealed class SharedAffinity
{
    // How long a node goes by what it learned: after another node moved the client, so long may two servers see it. Of a short time to
    // live it is a quarter.
    private const int MaxFreshMs = 10_000;
    private const int FreshParts = 4;

    private const int KeyDigits = 32;

    // A cookie names the client and, so that nobody who never comes back leaves anything in a store, its first server.
    private const int CookieLength = SessionId.Length + 1 + ServerIds.Length;

    private readonly SetCookie? _cookie;
    private readonly ServerIds _ids;
    private readonly byte[] _appCookie = [];
    private readonly byte[] _prefix;
    private readonly ServerState[] _servers;
    private readonly FrozenDictionary<string, int> _indexes;
    private readonly StoreState? _redis;
    private readonly long _ttlMs;
    private readonly long _freshMs;

    /// <summary>What binds the clients of a pool.</summary>
    /// <param name="sticky">What they are known by.</param>
    /// <param name="pool">The pool's name.</param>
    /// <param name="servers">Its servers, in its order.</param>
    /// <param name="learned">What this node knows; the same in the next snapshot of the pool.</param>
    /// <param name="store">What all nodes know.</param>
    /// <param name="ids">What cookies call the servers.</param>
    internal SharedAffinity(
        StickyConfig sticky, string pool, IReadOnlyList<ServerState> servers, LearnedClients learned, StoreState store, ServerIds ids)
    {
        _ids = ids;
        _cookie = sticky.By == StickyKind.Cookie ? new SetCookie(sticky.Cookie) : null;
        _appCookie = sticky.By == StickyKind.AppCookie ? Encoding.ASCII.GetBytes(sticky.Name) : [];
        _prefix = Encoding.UTF8.GetBytes($"atlas:sticky:{pool}:");
        _servers = [.. servers];
        _indexes = servers.Select((server, i) => KeyValuePair.Create(server.Name, i)).ToFrozenDictionary(StringComparer.Ordinal);
        _redis = store.Redis is null ? null : store;
        _freshMs = Math.Min(MaxFreshMs, sticky.TtlSeconds * 1_000L / FreshParts);

        // Meanwhile the store is not asked, and does not know of the client's requests.
        _ttlMs = (sticky.TtlSeconds * 1_000L) + _freshMs;
        Sticky = sticky;
        Learned = learned;
    }

    /// <summary>What clients are known by.</summary>
    internal StickyConfig Sticky { get; }

    /// <summary>What this node knows.</summary>
    internal LearnedClients Learned { get; }

    /// <summary>The server that a request's client is bound to, by its place in the pool; -1: none. The exchange knows the client from
    /// then on.</summary>
    internal async ResultFlow<int> FindAsync(WorkerContext context, Exchange x)
    {
        x.Sticky = ClientOf(x);
        if (!x.Sticky.HasKey || x.Sticky.IsNew)
        {
            return -1;
        }

        long nowMs = context.Loop.NowMs;
        string? known = Learned.Find(x.Sticky.Key, nowMs, out long learnedMs);
        if (known is null && _redis is null)
        {
            x.Sticky = x.Sticky with { IsUnbound = true };
            return x.Sticky.FirstServer;
        }

        if (_redis is null || (known is not null && nowMs - learnedMs < _freshMs))
        {
            return IndexOf(known);
        }

        RedisClient client = context.Redis(_redis);
        RedisCall call = client.Rent();
        call.IsIdempotent = true;
        Key(call.Command(4).Part("GETEX"u8), x.Sticky.Key).Part("PX"u8).Part(_ttlMs);
        x.StoreWait = call.Wait;
        RedisStatus status = await client.RunAsync(call, x.Relay.DeadlineMs);
        x.StoreWait = null;
        int found = status == RedisStatus.Ok ? Take(context, x, call) : IndexOf(known);
        x.Sticky = x.Sticky with { IsUnasked = status != RedisStatus.Ok };
        if (status != RedisStatus.Ok && known is null)
        {
            x.Sticky = x.Sticky with { IsUnbound = true };
            found = x.Sticky.FirstServer;
        }

        client.Return(call);
        return found;
    }

    /// <summary>Binds the client to the server that answered, if it is not bound there. Nobody waits for it.</summary>
    internal void Bind(WorkerContext context, Exchange x)
    {
        StickyClient client = x.Sticky;
        if (_appCookie.Length > 0)
        {
            // What the server sets is what the client brings from now on.
            ReadOnlySpan<byte> set = PoolAffinity.SetValueOf(x.Up!.Span, x.Response, _appCookie);
            ulong key = KeyHash.Of(set);
            client = set.IsEmpty || client.Key == key ? client : new StickyClient(key, HasKey: true);
        }

        if (!client.HasKey || client.IsNew || (client.Key == x.Sticky.Key && x.Bound == x.ServerIndex && !client.IsUnbound))
        {
            return;
        }

        // Where another node may have been faster, or the store could not be asked, what is there counts, and the next request asks for
        // it.
        bool givesWay = client.IsUnbound || client.IsUnasked;
        string server = x.Server!.Name;
        long nowMs = context.Loop.NowMs;
        Learned.Learn(client.Key, server, nowMs, givesWay ? nowMs - _freshMs : nowMs);
        if (_redis is not null)
        {
            RedisClient redis = context.Redis(_redis);
            RedisCall call = redis.Rent();
            call.IsIdempotent = true;
            Key(call.Command(givesWay ? 6 : 5).Part("SET"u8), client.Key).Part(x.Server.NameBytes).Part("PX"u8).Part(_ttlMs);
            if (givesWay)
            {
                call.Part("NX"u8);
            }

            redis.Send(call);
        }
    }

    /// <summary>Writes the field that tells a new client what it is known by, if that is a cookie of Atlas.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="client">The client.</param>
    /// <param name="server">The server that answered, by its place in the pool.</param>
    /// <param name="overTls">Whether its request came over TLS.</param>
    internal void WriteCookie(ref HeadWriter writer, in StickyClient client, int server, bool overTls)
    {
        if (_cookie is not null && client.IsNew)
        {
            Span<byte> text = stackalloc byte[CookieLength];
            new SessionId(client.Key).Write(text);
            text[SessionId.Length] = (byte)'.';
            _ids[server].CopyTo(text[(SessionId.Length + 1)..]);
            _cookie.Write(ref writer, text, overTls);
        }
    }

    private StickyClient ClientOf(Exchange x)
    {
        if (_cookie is not null)
        {
            ReadOnlySpan<byte> text = PairText.CookieOf(x.HeadBytes, x.Request, _cookie.Name);
            return text.Length == CookieLength && SessionId.TryParse(text[..SessionId.Length], out SessionId id)
                ? new StickyClient(id.Value, HasKey: true, FirstServer: _ids.IndexOf(text[(SessionId.Length + 1)..]))
                : new StickyClient(SessionIds.Random().Value, HasKey: true, IsNew: true);
        }

        if (_appCookie.Length > 0)
        {
            ReadOnlySpan<byte> value = PairText.CookieOf(x.HeadBytes, x.Request, _appCookie);
            return new StickyClient(KeyHash.Of(value), HasKey: !value.IsEmpty);
        }

        return new StickyClient(x.Key, x.HasKey);
    }

    private int Take(WorkerContext context, Exchange x, RedisCall call)
    {
        RespReader replies = call.Replies;
        if (!replies.TryReadBulk(out ReadOnlySpan<byte> name))
        {
            Learned.Forget(x.Sticky.Key);
            x.Sticky = x.Sticky with { IsUnbound = true };
            return x.Sticky.FirstServer;
        }

        int index = IndexOf(name);
        if (index >= 0)
        {
            Learned.Learn(x.Sticky.Key, _servers[index].Name, context.Loop.NowMs);
        }

        return index;
    }

    private int IndexOf(string? name) => name is not null && _indexes.TryGetValue(name, out int index) ? index : -1;

    private int IndexOf(ReadOnlySpan<byte> name)
    {
        for (int i = 0; i < _servers.Length; i++)
        {
            if (name.SequenceEqual(_servers[i].NameBytes))
            {
                return i;
            }
        }

        return -1;
    }

    private RedisCall Key(RedisCall call, UInt128 client)
    {
        Span<byte> key = stackalloc byte[_prefix.Length + KeyDigits];
        _prefix.CopyTo(key);
        client.TryFormat(key[_prefix.Length..], out _, "x32", CultureInfo.InvariantCulture);
        return call.Key(key);
    }
}
