using System.Buffers.Binary;
using System.Buffers.Text;
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
    // the way there and back; a write that is done in between was told to fail, and may be there. What is too late does nothing, and is
    // answered with Redis's time.
    private const string NotTooLate = """
        local time = redis.call('TIME')
        local now = time[1] * 1000 + math.floor(time[2] / 1000)
        if now > tonumber(ARGV[2]) then
          return now
        end
        """;

    // * stands for any version, but not for that of nothing, which is an empty string.
    private const string IsExpected = """
        if version ~= ARGV[1] and (ARGV[1] ~= '*' or version == '') then
          return 0
        end
        """;

    // How often a write is sent that comes too late.
    private const int MaxTries = 2;

    // What has another id now is not to be written or ended any more under the old one.
    private static readonly string HasNotMoved = $"""
        local head = redis.call('GETRANGE', KEYS[1], 0, {SessionStamp.VersionAt + sizeof(ulong) - 1})
        if head == '\{SessionStamp.Moved[0]}' then
          return 0
        end
        local version = string.sub(head, {SessionStamp.VersionAt + 1})
        """;

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

    /// <summary>Writes over a version, until a time, contents, for milliseconds.</summary>
    internal static RedisScript Set { get; } =
        new($"{NotTooLate}\n{HasNotMoved}\n{IsExpected}\nredis.call('SET', KEYS[1], ARGV[3], 'PX', ARGV[4])\nreturn 1");

    /// <summary>Deletes a version, until a time.</summary>
    internal static RedisScript Delete { get; } = new($"{NotTooLate}\n{HasNotMoved}\n{IsExpected}\nredis.call('DEL', KEYS[1])\nreturn 1");

    /// <summary>Deletes whatever version there is, if there is one.</summary>
    internal static RedisScript DeleteAny { get; } = new($"{HasNotMoved}\nredis.call('DEL', KEYS[1])\nreturn 1");

    /// <summary>Has what is there live on for milliseconds.</summary>
    internal static RedisScript Renewal { get; } = new($"{HasNotMoved}\nreturn redis.call('PEXPIRE', KEYS[1], ARGV[1])");

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
        if (session.IsStored && expected != 0)
        {
            return await RunAsync(context, session, Set, expected, isMove: false);
        }

        // Under an id that nobody else knows.
        RedisClient client = context.Redis(Store);
        RedisCall call = client.Rent();
        Write(call.Command(5).Part("SET"u8), session.Id).Part(session.WrittenWithStamp).Part("PX"u8).Part(session.LeftMs);
        StoreResult result = await RunAsync(client, call, session, isIdempotent: true);
        client.Return(call);
        return result;
    }

    internal override async ResultFlow<StoreResult> DeleteAsync(WorkerContext context, UserSession session, ulong? expected)
    {
        if (expected is not null)
        {
            return await RunAsync(context, session, Delete, expected, isMove: false);
        }

        RedisClient client = context.Redis(Store);
        RedisCall call = client.Rent();
        Write(call.Script(DeleteAny, arguments: 0), session.Id);
        StoreResult result = await RunAsync(client, call, session, isIdempotent: true);
        result = result == StoreResult.Done && !IsDone(call) ? StoreResult.Conflict : result;
        client.Return(call);
        return result;
    }

    internal override ResultFlow<StoreResult> MoveAwayAsync(WorkerContext context, UserSession session, ulong? expected) =>
        RunAsync(context, session, Set, expected, isMove: true);

    internal override async ResultFlow<StoreResult> RenewAsync(WorkerContext context, UserSession session)
    {
        RedisClient client = context.Redis(Store);
        RedisCall call = client.Rent();
        WriteRenewal(call, session);
        StoreResult result = await RunAsync(client, call, session, isIdempotent: true);
        result = result == StoreResult.Done && !IsDone(call) ? StoreResult.Absent : result;
        client.Return(call);
        return result;
    }

    internal override void Renew(WorkerContext context, UserSession session)
    {
        RedisClient client = context.Redis(Store);
        RedisCall call = client.Rent();
        WriteRenewal(call, session);
        client.Send(call);
    }

    // A worker that takes long until it sends is not to fail for it: it learns from the answer by how much it is too late.
    private async ResultFlow<StoreResult> RunAsync(WorkerContext context, UserSession session, RedisScript script, ulong? expected, bool isMove)
    {
        RedisClient client = context.Redis(Store);
        StoreResult? result = null;
        for (int tries = 0; tries == 0 || (result is null && tries < MaxTries && context.Loop.NowMs < session.DeadlineMs); tries++)
        {
            RedisCall call = client.Rent();
            long nowMs = context.Loop.ReadMs();
            Write(call, session, script, expected, isMove, nowMs);
            result = await RunAsync(client, call, session, isIdempotent: false);
            if (result == StoreResult.Done)
            {
                RespReader replies = call.Replies;
                long done = replies.TryReadInteger(out long reply) ? reply : 0;
                session.StoreAheadMs = done > 1 ? done - nowMs : session.StoreAheadMs;
                result = done > 1 ? null : done == 1 ? StoreResult.Done : StoreResult.Conflict;
            }

            client.Return(call);
        }

        session.Problem = result is null ? "the store took the write too late" : session.Problem;
        return result ?? StoreResult.Away;
    }

    private void Write(RedisCall call, UserSession session, RedisScript script, ulong? expected, bool isMove, long nowMs)
    {
        bool isSet = script == Set;
        Span<byte> version = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(version, expected ?? 0);
        Write(call.Script(script, isSet ? 4 : 2), session.Id);
        call.Part(expected is null ? "*"u8 : expected == 0 ? default : version);

        // Where nothing was read, the first answer tells the time.
        call.Part(session.StoreAheadMs == 0 ? 0 : nowMs + session.StoreAheadMs + (2 * Store.Config.TimeoutMs));
        if (isSet)
        {
            call.Part(isMove ? SessionStamp.Moved : session.WrittenWithStamp).Part(isMove ? UserSession.MovedMs : session.LeftMs);
        }
    }

    private void WriteRenewal(RedisCall call, UserSession session) =>
        Write(call.Script(Renewal, arguments: 1), session.Id).Part(session.LeftMs);

    private static bool IsDone(RedisCall call)
    {
        RespReader replies = call.Replies;
        return replies.TryReadInteger(out long done) && done == 1;
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

        // Not since it is read, which a busy worker may be late to do.
        session.StoreAheadMs = TimeOf(ref replies) - call.SentMs;

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
