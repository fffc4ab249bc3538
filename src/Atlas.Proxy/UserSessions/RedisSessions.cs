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

    // A version of nothing is an empty string, as GETRANGE gives it.
    private static readonly RedisScript CompareAndSet = new(
        $"""
        if redis.call('GETRANGE', KEYS[1], {SessionStamp.VersionAt}, {SessionStamp.VersionAt + sizeof(ulong) - 1}) ~= ARGV[1] then
          return 0
        end
        redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
        return 1
        """);

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
        if (expected is ulong version)
        {
            Write(call.Script(CompareAndSet, arguments: 3), session.Id);
            Span<byte> bytes = stackalloc byte[sizeof(ulong)];
            BinaryPrimitives.WriteUInt64BigEndian(bytes, version);
            call.Part(version == 0 ? default : bytes).Part(session.WrittenWithStamp).Part(session.LeftMs);
        }
        else
        {
            Write(call.Command(session.IsStored ? 6 : 5).Part("SET"u8), session.Id).Part(session.WrittenWithStamp).Part("PX"u8).Part(session.LeftMs);
            if (session.IsStored)
            {
                // What was read and is gone was ended meanwhile.
                call.Part("XX"u8);
            }
        }

        StoreResult result = await RunAsync(client, call, session, isIdempotent: expected is null);
        if (result == StoreResult.Done)
        {
            RespReader replies = call.Replies;
            bool isDone = replies.TryRead(out RespValue reply) && (expected is null ? reply.Kind != RespKind.Null : reply.Number == 1);
            result = isDone ? StoreResult.Done : StoreResult.Conflict;
        }

        client.Return(call);
        return result;
    }

    internal override async ResultFlow<StoreResult> DeleteAsync(WorkerContext context, UserSession session)
    {
        RedisClient client = context.Redis(Store);
        RedisCall call = client.Rent();
        Write(call.Command(2).Part("DEL"u8), session.Id);
        StoreResult result = await RunAsync(client, call, session, isIdempotent: true);
        client.Return(call);
        return result;
    }

    internal override void Renew(WorkerContext context, UserSession session)
    {
        RedisClient client = context.Redis(Store);
        RedisCall call = client.Rent();
        Write(call.Command(3).Part("PEXPIRE"u8), session.Id).Part(session.LeftMs);
        client.Send(call);
    }

    private static async ResultFlow<StoreResult> RunAsync(RedisClient client, RedisCall call, UserSession session, bool isIdempotent)
    {
        call.IsIdempotent = isIdempotent;
        session.Wait = call.Wait;
        RedisStatus status = await client.RunAsync(call);
        session.Wait = null;
        session.Problem = status switch
        {
            RedisStatus.Ok => "",
            RedisStatus.TimedOut => "the store did not answer within its timeout",
            RedisStatus.Unavailable => "the store cannot be reached",
            RedisStatus.Failed => $"the store refused: {call.ErrorText}",
            RedisStatus.Cancelled or _ => "",
        };
        return status == RedisStatus.Ok ? StoreResult.Done : StoreResult.Away;
    }

    private static StoreResult Take(WorkerContext context, RedisCall call, UserSession session)
    {
        RespReader replies = call.Replies;
        if (!replies.TryRead(out RespValue stored) || stored.Kind != RespKind.Bulk || !replies.TryRead(out RespValue left))
        {
            return StoreResult.Absent;
        }

        if (!SessionStamp.TryRead(stored.Bytes, out SessionStamp stamp))
        {
            session.Problem = "the store has something under the session's key that is no session";
            return StoreResult.Away;
        }

        // Without an end of its own (somebody took it away) it is renewed at once.
        long keptMs = Math.Max(left.Number, 0);
        return session.TryFound(context.Loop.Buffers, stored.Bytes[SessionStamp.Length..], stamp, keptMs) ? StoreResult.Done : StoreResult.Away;
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
