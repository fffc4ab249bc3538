using System.Buffers.Binary;
using System.Buffers.Text;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Atlas.Core.Sessions;
using Atlas.Engine.Flows;
using Atlas.Protocols.Resp;
using Atlas.Proxy.Http;
using Atlas.Proxy.Stores;

namespace Atlas.Proxy.UserSessions;

/// <summary>
/// Sessions in Redis: a string for each, its stamp before its contents, which Redis forgets when the session is over. The key has a hash of
/// the id, so that nobody who sees keys, in logs or with MONITOR, has anybody's session.
/// </summary>
internal sealed class RedisSessions : SessionStore
{
    // 16 bytes of it: as many as the id has.
    private const int HashBytes = 16;
    private const int HashLength = 22;

    // What a call does that was given up must not be done later, over what others were told is there: Redis may have stood still
    // with the call in a buffer. So writes over something have an end by Redis's own clock. It leaves as much again as the timeout, for
    // the way there and back; a write that is done in between was told to fail, and may be there.
    private const string NotTooLate = """
        local time = redis.call('TIME')
        if time[1] * 1000 + time[2] / 1000 > tonumber(ARGV[2]) then
          return 2
        end
        """;

    // A version of nothing is an empty string, as GETRANGE gives it; * stands for any.
    private static readonly string IsExpected = $"""
        local version = redis.call('GETRANGE', KEYS[1], {SessionStamp.VersionAt}, {SessionStamp.VersionAt + sizeof(ulong) - 1})
        if version ~= ARGV[1] and (ARGV[1] ~= '*' or version == '') then
          return 0
        end
        """;

    private static readonly RedisScript Set = new($"{NotTooLate}\n{IsExpected}\nredis.call('SET', KEYS[1], ARGV[3], 'PX', ARGV[4])\nreturn 1");
    private static readonly RedisScript Delete = new($"{NotTooLate}\n{IsExpected}\nredis.call('DEL', KEYS[1])\nreturn 1");

    private readonly byte[] _prefix;

    /// <summary>The sessions of a configured name.</summary>
    /// <param name="store">Where they are.</param>
    /// <param name="name">The name, which keys begin with.</param>
    internal RedisSessions(StoreState store, string name)
    {
        Store = store;
        _prefix = Encoding.UTF8.GetBytes($"atlas:session:{name}:");
    }

    /// <summary>Where they are.</summary>
    internal StoreState Store { get; }

    internal override async ResultFlow<StoreResult> LoadAsync(WorkerContext context, UserSession session)
    {
        RedisClient client = context.Redis(Store);
        RedisCall call = client.Rent();
        Write(call.Command(2).Part("GET"u8), session.Id);
        Write(call.Command(2).Part("PTTL"u8), session.Id);
        call.Command(1).Part("TIME"u8);
        StoreResult result = await RunAsync(client, call, session, isIdempotent: true);
        if (result == StoreResult.Done)
        {
            result = Take(context, call, session);
        }

        client.Return(call);
        return result;
    }

    internal override async ResultFlow<StoreResult> SaveAsync(WorkerContext context, UserSession session, ulong? expected)
    {
        RedisClient client = context.Redis(Store);
        RedisCall call = client.Rent();
        if (session.IsStored && expected != 0)
        {
            BeginScript(call, Set, arguments: 4, session, expected);
            call.Part(session.WrittenWithStamp).Part(session.LeftMs);
            return await EndScriptAsync(client, call, session);
        }

        // Under an id that nobody else knows.
        Write(call.Command(5).Part("SET"u8), session.Id).Part(session.WrittenWithStamp).Part("PX"u8).Part(session.LeftMs);
        StoreResult result = await RunAsync(client, call, session, isIdempotent: true);
        client.Return(call);
        return result;
    }

    internal override async ResultFlow<StoreResult> DeleteAsync(WorkerContext context, UserSession session, ulong? expected)
    {
        RedisClient client = context.Redis(Store);
        RedisCall call = client.Rent();
        if (expected is not null)
        {
            BeginScript(call, Delete, arguments: 2, session, expected);
            return await EndScriptAsync(client, call, session);
        }

        Write(call.Command(2).Part("DEL"u8), session.Id);
        StoreResult result = await RunAsync(client, call, session, isIdempotent: true);
        client.Return(call);
        return result;
    }

    internal override async ResultFlow<StoreResult> MoveAwayAsync(WorkerContext context, UserSession session, ulong expected)
    {
        RedisClient client = context.Redis(Store);
        RedisCall call = client.Rent();
        BeginScript(call, Set, arguments: 4, session, expected);
        call.Part(SessionStamp.Moved).Part(UserSession.MovedMs);
        return await EndScriptAsync(client, call, session);
    }

    internal override void Renew(WorkerContext context, UserSession session)
    {
        RedisClient client = context.Redis(Store);
        RedisCall call = client.Rent();
        Write(call.Command(3).Part("PEXPIRE"u8), session.Id).Part(session.LeftMs);
        client.Send(call);
    }

    private static long NowMs() => Stopwatch.GetTimestamp() / (Stopwatch.Frequency / 1_000);

    private void BeginScript(RedisCall call, RedisScript script, int arguments, UserSession session, ulong? expected)
    {
        Span<byte> version = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(version, expected ?? 0);
        Write(call.Script(script, arguments), session.Id);
        call.Part(expected is null ? "*"u8 : expected == 0 ? default : version);
        call.Part(NowMs() + session.StoreAheadMs + (2 * Store.Config.TimeoutMs));
    }

    private static async ResultFlow<StoreResult> EndScriptAsync(RedisClient client, RedisCall call, UserSession session)
    {
        StoreResult result = await RunAsync(client, call, session, isIdempotent: false);
        if (result == StoreResult.Done)
        {
            RespReader replies = call.Replies;
            result = !replies.TryReadInteger(out long done) || done == 2 ? StoreResult.Away
                : done == 1 ? StoreResult.Done
                : StoreResult.Conflict;
            session.Problem = result == StoreResult.Away ? "the store took the write too late" : "";
        }

        client.Return(call);
        return result;
    }

    private static async ResultFlow<StoreResult> RunAsync(RedisClient client, RedisCall call, UserSession session, bool isIdempotent)
    {
        call.IsIdempotent = isIdempotent;
        session.Wait = call.Wait;
        RedisStatus status = await client.RunAsync(call, session.DeadlineMs);
        session.Wait = null;
        session.Problem = StoreProblem.Of(status, call);
        return status switch
        {
            RedisStatus.Ok => StoreResult.Done,
            RedisStatus.Cancelled => StoreResult.Cancelled,
            RedisStatus.TimedOut or RedisStatus.Unavailable or RedisStatus.Failed or _ => StoreResult.Away,
        };
    }

    private static StoreResult Take(WorkerContext context, RedisCall call, UserSession session)
    {
        RespReader replies = call.Replies;
        if (!replies.TryRead(out RespValue stored) || stored.Kind != RespKind.Bulk || !replies.TryReadInteger(out long keptMs))
        {
            return StoreResult.Absent;
        }

        if (stored.Bytes.SequenceEqual(SessionStamp.Moved))
        {
            return StoreResult.Moved;
        }

        if (!SessionStamp.TryRead(stored.Bytes, out SessionStamp stamp))
        {
            session.Problem = "the store has something under the session's key that is no session";
            return StoreResult.Away;
        }

        session.StoreAheadMs = TimeOf(ref replies) - NowMs();

        // Without an end of its own (somebody took it away) it is renewed at once.
        if (session.TryFound(context.Loop.Buffers, stored.Bytes[SessionStamp.Length..], stamp, Math.Max(keptMs, 0)))
        {
            return StoreResult.Done;
        }

        session.Problem = "no memory for the session";
        return StoreResult.Away;
    }

    // Seconds and microseconds.
    private static long TimeOf(ref RespReader replies)
    {
        replies.TryRead(out _);
        replies.TryReadBulk(out ReadOnlySpan<byte> seconds);
        replies.TryReadBulk(out ReadOnlySpan<byte> micros);
        return Utf8Parser.TryParse(seconds, out long s, out _) && Utf8Parser.TryParse(micros, out long us, out _) ? (s * 1_000) + (us / 1_000) : 0;
    }

    private RedisCall Write(RedisCall call, SessionId id)
    {
        Span<byte> bytes = stackalloc byte[SessionId.Bytes];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        Span<byte> key = stackalloc byte[_prefix.Length + HashLength];
        id.WriteBytes(bytes);
        SHA256.HashData(bytes, hash);
        _prefix.CopyTo(key);
        Base64Url.EncodeToUtf8(hash[..HashBytes], key[_prefix.Length..], out _, out _);
        return call.Key(key);
    }
}
