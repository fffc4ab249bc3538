using Atlas.Engine.Flows;
using Atlas.Engine.Workers;
using Atlas.Proxy.Http;
using Atlas.Proxy.UserSessions.Handover;

namespace Atlas.Proxy.UserSessions;

/// <summary>Sessions in this process's memory, or, while another process takes its place, in that one's: then each call is asked there, so that
/// requests that end here and requests that begin there have the same, and is done here, too, in case it is for nothing.</summary>
/// <param name="maxBytes">The most memory, an estimate of what goes around contents included.</param>
internal sealed class MemorySessions(long maxBytes) : SessionStore
{
    // Until the store is away: the other process answers within a millisecond, unless it hangs.
    private const int AnswerMs = 3_000;

    private MemoryFullness? _fullness;
    private ISessionAuthority? _authority;

    /// <summary>What is here.</summary>
    internal MemoryTable Table { get; } = new(maxBytes);

    /// <summary>Who tells that it is full; null: nobody.</summary>
    internal MemoryFullness? Fullness
    {
        get => Volatile.Read(ref _fullness);
        set => Volatile.Write(ref _fullness, value);
    }

    /// <summary>Where they are now; null: here.</summary>
    internal ISessionAuthority? Authority
    {
        get => Volatile.Read(ref _authority);
        set => Volatile.Write(ref _authority, value);
    }

    internal override ResultFlow<StoreResult> LoadAsync(WorkerContext context, UserSession session) =>
        DoAsync(context, session, new SessionCall { Kind = SessionCallKind.Load, Id = session.Id });

    internal override ResultFlow<StoreResult> SaveAsync(WorkerContext context, UserSession session, ulong? expected) => DoAsync(
        context,
        session,
        new SessionCall
        {
            Kind = SessionCallKind.Save,
            Id = session.Id,
            Expected = expected,
            WasStored = session.IsStored,
            Contents = session.Written.ToArray(),
            Stamp = session.Stamp,
            LeftMs = session.LeftMs,
        });

    internal override ResultFlow<StoreResult> DeleteAsync(WorkerContext context, UserSession session, ulong? expected) =>
        DoAsync(context, session, new SessionCall { Kind = SessionCallKind.Delete, Id = session.Id, Expected = expected });

    internal override ResultFlow<StoreResult> MoveAwayAsync(WorkerContext context, UserSession session, ulong? expected) => DoAsync(
        context,
        session,
        new SessionCall
        {
            Kind = SessionCallKind.MoveAway, Id = session.Id, Expected = expected, WasStored = session.IsStored, LeftMs = UserSession.MovedMs,
        });

    internal override ResultFlow<StoreResult> RenewAsync(WorkerContext context, UserSession session) => DoAsync(context, session, RenewalOf(session));

    internal override void Renew(WorkerContext context, UserSession session)
    {
        SessionCall call = RenewalOf(session);
        Table.Do(call, context.Loop.NowMs);
        if (Authority is { } authority)
        {
            RenewElsewhere(authority, call);
        }
    }

    /// <summary>Does what another process asks. Any thread.</summary>
    internal async ValueTask<SessionReply> DoAsync(SessionCall call)
    {
        if (Authority is { } authority && await TryAskAsync(authority, call, default).ConfigureAwait(false) is { } answer)
        {
            return answer;
        }

        SessionReply reply = Table.Do(call, Environment.TickCount64);
        if (reply.Result == StoreResult.Done && call.Kind != SessionCallKind.Load && Authority is { } since)
        {
            // They went elsewhere while this was done here: on no worker's thread, so that nobody waited for it.
            await TryAskAsync(since, Table.ReadOne(call.Id, Environment.TickCount64), default).ConfigureAwait(false);
        }

        return reply;
    }

    /// <summary>Does here what another process has done, in the order in which it did.</summary>
    internal void Follow(ISessionAuthority authority, in SessionCall call, in SessionReply reply)
    {
        SessionCallKind? kind = (call.Kind, reply.Result) switch
        {
            (SessionCallKind.Save or SessionCallKind.MoveAway or SessionCallKind.Put, StoreResult.Done) => SessionCallKind.Put,
            (SessionCallKind.Delete or SessionCallKind.Remove, StoreResult.Done) => SessionCallKind.Remove,
            (SessionCallKind.Renew, StoreResult.Done) => SessionCallKind.Renew,
            _ => null,
        };
        if (kind is { } known && Authority == authority)
        {
            Table.Do(call with { Kind = known }, Environment.TickCount64);
        }
    }

    private static SessionCall RenewalOf(UserSession session) =>
        new() { Kind = SessionCallKind.Renew, Id = session.Id, LeftMs = session.LeftMs };

    private ResultFlow<StoreResult> DoAsync(WorkerContext context, UserSession session, in SessionCall call) => Authority is { } authority
        ? AskAsync(context, session, authority, call)
        : ResultFlows.Of(Take(session, call, Table.Do(call, context.Loop.NowMs), context.Loop.NowMs));

    private async ResultFlow<StoreResult> AskAsync(WorkerContext context, UserSession session, ISessionAuthority authority, SessionCall call)
    {
        EventLoop loop = context.Loop;
        BridgeResult<SessionReply?> answer = await Bridge.RunAsync(
            loop, stop => TryAskAsync(authority, call, stop), Math.Min(session.DeadlineMs, loop.NowMs + AnswerMs));
        if (!answer.IsDone)
        {
            // It may have been done, or be done later: what is here may be older than what the user has seen.
            session.Problem = "the process that takes this one's place does not answer";
            return StoreResult.Away;
        }

        return Take(session, call, answer.Value ?? Table.Do(call, loop.NowMs), loop.NowMs);
    }

    private StoreResult Take(UserSession session, in SessionCall call, in SessionReply reply, long nowMs)
    {
        if (call.Kind == SessionCallKind.Load && reply.Result == StoreResult.Done)
        {
            session.Found(reply.Contents!, reply.Stamp, reply.LeftMs);
        }
        else if (call.Kind == SessionCallKind.Save)
        {
            session.Problem = reply.Result == StoreResult.Full ? "the store has no room: max_memory is used up" : "";
            TellRoom(reply.Result, nowMs);
        }

        return reply.Result;
    }

    private void TellRoom(StoreResult result, long nowMs)
    {
        if (result == StoreResult.Full)
        {
            Fullness?.Full(nowMs);
        }
        else if (result == StoreResult.Done)
        {
            Fullness?.Stored(nowMs);
        }
    }

    // A method of its own, so that nothing is allocated where it is not called.
    private void RenewElsewhere(ISessionAuthority authority, SessionCall call) =>
        ThreadPool.UnsafeQueueUserWorkItem(_ => _ = RenewAsync(authority, call), null);

    private async Task RenewAsync(ISessionAuthority authority, SessionCall call)
    {
        try
        {
            await TryAskAsync(authority, call, default).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // The next request renews it.
        }
    }

    /// <summary>Asks where the sessions are.</summary>
    /// <returns>Null: they are not there, and this process goes by what it has, from here on.</returns>
    private async ValueTask<SessionReply?> TryAskAsync(ISessionAuthority authority, SessionCall call, CancellationToken stop)
    {
        try
        {
            return await authority.AskAsync(call, stop).ConfigureAwait(false);
        }
        catch (IOException)
        {
            Interlocked.CompareExchange(ref _authority, null, authority);
            return null;
        }
    }
}
