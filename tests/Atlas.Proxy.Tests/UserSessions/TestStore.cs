using Atlas.Core.Sessions;
using Atlas.Engine.Flows;
using Atlas.Engine.Streams;
using Atlas.Engine.Workers;
using Atlas.Proxy.Http;
using Atlas.Proxy.UserSessions;

namespace Atlas.Proxy.Tests.UserSessions;

/// <summary>Sessions in memory, which can be away, and answers after a while.</summary>
internal sealed class TestStore(long maxBytes) : SessionStore
{
    private readonly Dictionary<SessionId, (byte[] Contents, SessionStamp Stamp)> _saved = [];

    internal MemorySessions Inner { get; private set; } = new(maxBytes);

    internal bool IsAway { get; set; }

    internal int AnswerMs { get; set; } = 2;

    /// <summary>By how much all sessions are older than they are.</summary>
    internal int AgeSeconds { get; set; }

    internal int Renewals { get; private set; }

    internal void Lose() => Inner = new MemorySessions(maxBytes);

    internal override ResultFlow<StoreResult> LoadAsync(WorkerContext context, UserSession session) =>
        AskAsync(context, session, () => AgeSeconds == 0 ? Inner.LoadAsync(context, session) : LoadOld(session));

    internal override ResultFlow<StoreResult> SaveAsync(WorkerContext context, UserSession session, ulong? expected) =>
        AskAsync(context, session, () =>
        {
            _saved[session.Id] = (session.Written.ToArray(), session.Stamp);
            return Inner.SaveAsync(context, session, expected);
        });

    internal override ResultFlow<StoreResult> DeleteAsync(WorkerContext context, UserSession session, ulong? expected) =>
        AskAsync(context, session, () => Inner.DeleteAsync(context, session, expected));

    internal override ResultFlow<StoreResult> MoveAwayAsync(WorkerContext context, UserSession session, ulong? expected) =>
        AskAsync(context, session, () => Inner.MoveAwayAsync(context, session, expected));

    internal override ResultFlow<StoreResult> RenewAsync(WorkerContext context, UserSession session)
    {
        Renewals++;
        return AskAsync(context, session, () => Inner.RenewAsync(context, session));
    }

    internal override void Renew(WorkerContext context, UserSession session)
    {
        Renewals++;
        Inner.Renew(context, session);
    }

    private ResultFlow<StoreResult> LoadOld(UserSession session)
    {
        (byte[] contents, SessionStamp stamp) = _saved[session.Id];
        session.Found(contents, stamp with { CreatedSeconds = stamp.CreatedSeconds - AgeSeconds }, keptMs: 1_000_000);
        return ResultFlows.Of(StoreResult.Done);
    }

    private async ResultFlow<StoreResult> AskAsync(WorkerContext context, UserSession session, Func<ResultFlow<StoreResult>> ask)
    {
        session.Wait = new LoopWait(context.Loop);
        WaitResult wait = await session.Wait.Begin(context.Loop.NowMs + AnswerMs);
        session.Wait = null;
        return wait == WaitResult.Cancelled ? StoreResult.Cancelled : IsAway ? StoreResult.Away : await ask();
    }
}
