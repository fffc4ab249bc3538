using Atlas.Engine.Flows;
using Atlas.Proxy.Http;

namespace Atlas.Proxy.UserSessions;

/// <summary>Keeps sessions. Shared by all workers; a call is on the worker of its request, waits for no lock, and takes as long as
/// the store's timeout at most.</summary>
internal abstract class SessionStore
{
    /// <summary>Reads the session that is named into it.</summary>
    /// <param name="context">The worker's.</param>
    /// <param name="session">The session.</param>
    internal abstract ResultFlow<StoreResult> LoadAsync(WorkerContext context, UserSession session);

    /// <summary>Writes what the server wrote. It is kept for <see cref="UserSession.LeftMs"/>.</summary>
    /// <param name="context">The worker's.</param>
    /// <param name="session">The session, with what is written and its stamp.</param>
    /// <param name="expected">The version that must be there; 0: the id is new, and nothing can be; null: whatever is there, unless it
    /// was read and is gone.</param>
    internal abstract ResultFlow<StoreResult> SaveAsync(WorkerContext context, UserSession session, ulong? expected);

    /// <summary>Forgets the session that is named. That it is not there is no failure; that it has another id now is a conflict.</summary>
    /// <param name="context">The worker's.</param>
    /// <param name="session">The session.</param>
    /// <param name="expected">The version that must be there; null: whatever is there.</param>
    internal abstract ResultFlow<StoreResult> DeleteAsync(WorkerContext context, UserSession session, ulong? expected);

    /// <summary>The same for one that has another id now: for <see cref="UserSession.MovedMs"/> the store knows that it has moved, but
    /// not where to.</summary>
    /// <param name="context">The worker's.</param>
    /// <param name="session">The session.</param>
    /// <param name="expected">The version that must be there; null: any.</param>
    internal abstract ResultFlow<StoreResult> MoveAwayAsync(WorkerContext context, UserSession session, ulong? expected);

    /// <summary>Has a session live on for <see cref="UserSession.LeftMs"/>; not one that has ended or has another id now.</summary>
    /// <param name="context">The worker's.</param>
    /// <param name="session">The session.</param>
    internal abstract ResultFlow<StoreResult> RenewAsync(WorkerContext context, UserSession session);

    /// <summary>The same. Nobody waits for it: one that is not renewed is renewed by the next request.</summary>
    /// <param name="context">The worker's.</param>
    /// <param name="session">The session.</param>
    internal abstract void Renew(WorkerContext context, UserSession session);
}
