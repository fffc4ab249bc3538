using Atlas.Engine.Flows;
using Atlas.Engine.Workers;
using Atlas.Proxy.Http;
using Atlas.Proxy.UserSessions;

namespace Atlas.Proxy.Tests.UserSessions;

/// <summary>Sessions in memory, which can be away, and answers after a while.</summary>
internal sealed class TestStore(long maxBytes) : SessionStore
{
    internal MemorySessions Inner { get; private set; } = new(maxBytes);

    internal bool IsAway { get; set; }

    internal int Renewals { get; private set; }

    internal void Lose() => Inner = new MemorySessions(maxBytes);

    internal override ResultFlow<StoreResult> LoadAsync(WorkerContext context, UserSession session) =>
        AskAsync(context, () => Inner.LoadAsync(context, session));

    internal override ResultFlow<StoreResult> SaveAsync(WorkerContext context, UserSession session, ulong? expected) =>
        AskAsync(context, () => Inner.SaveAsync(context, session, expected));

    internal override ResultFlow<StoreResult> DeleteAsync(WorkerContext context, UserSession session, ulong? expected) =>
        AskAsync(context, () => Inner.DeleteAsync(context, session, expected));

    internal override ResultFlow<StoreResult> MoveAwayAsync(WorkerContext context, UserSession session, ulong expected) =>
        AskAsync(context, () => Inner.MoveAwayAsync(context, session, expected));

    internal override void Renew(WorkerContext context, UserSession session)
    {
        Renewals++;
        Inner.Renew(context, session);
    }

    private async ResultFlow<StoreResult> AskAsync(WorkerContext context, Func<ResultFlow<StoreResult>> ask)
    {
        await new LoopWait(context.Loop).Begin(context.Loop.NowMs + 2);
        return IsAway ? StoreResult.Away : await ask();
    }
}
