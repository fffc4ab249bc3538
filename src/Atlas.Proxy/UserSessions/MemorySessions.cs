using System.Collections.Concurrent;
using Atlas.Core.Sessions;
using Atlas.Engine.Flows;
using Atlas.Proxy.Http;

namespace Atlas.Proxy.UserSessions;

/// <summary>
/// Sessions in this process's memory. All workers use one; none waits for another for longer than it takes to swap a reference.
/// Nobody's session is thrown out to make room for another's: what is full takes nothing new. What is over is taken out bit by bit: each
/// call looks at a few sessions, going round and round.
/// </summary>
/// <param name="maxBytes">The most memory, an estimate of what goes around contents included.</param>
internal sealed class MemorySessions(long maxBytes) : SessionStore
{
    /// <summary>What a session takes besides its contents: an entry and its place in the table.</summary>
    internal const int Overhead = 200;

    // What one call looks at, and what one does that finds no room.
    private const int Steps = 4;
    private const int StepsWhenFull = 4_000;

    private readonly ConcurrentDictionary<SessionId, Entry> _entries = new();
    private IEnumerator<KeyValuePair<SessionId, Entry>>? _round;
    private int _isClearing;
    private MemoryFullness? _fullness;
    private long _maxBytes = maxBytes;
    private long _bytes;

    /// <summary>Sessions that are kept, those that are over and not yet cleared away included.</summary>
    internal int Count => _entries.Count;

    /// <summary>Memory that is used, as it is counted.</summary>
    internal long Bytes => Volatile.Read(ref _bytes);

    /// <summary>The most memory.</summary>
    internal long MaxBytes => Volatile.Read(ref _maxBytes);

    /// <summary>Who tells that it is full; null: nobody.</summary>
    internal MemoryFullness? Fullness
    {
        get => Volatile.Read(ref _fullness);
        set => Volatile.Write(ref _fullness, value);
    }

    /// <summary>Changes the most memory.</summary>
    internal void Limit(long maxBytes) => Volatile.Write(ref _maxBytes, maxBytes);

    internal override ResultFlow<StoreResult> LoadAsync(WorkerContext context, UserSession session)
    {
        long nowMs = context.Loop.NowMs;
        ClearAway(nowMs, Steps);
        if (!_entries.TryGetValue(session.Id, out Entry? entry) || entry.EndsMs <= nowMs)
        {
            return ResultFlows.Of(StoreResult.Absent);
        }

        if (entry.Contents is null)
        {
            return ResultFlows.Of(StoreResult.Moved);
        }

        session.Found(entry.Contents, entry.Stamp, entry.EndsMs - nowMs);
        return ResultFlows.Of(StoreResult.Done);
    }

    internal override ResultFlow<StoreResult> SaveAsync(WorkerContext context, UserSession session, ulong? expected)
    {
        long nowMs = context.Loop.NowMs;
        ClearAway(nowMs, Steps);
        var next = new Entry(session.Written.ToArray(), session.Stamp, nowMs + session.LeftMs);
        StoreResult result = Replace(session.Id, next, nowMs, there => session.IsRefused(expected, there));
        session.Problem = "";
        if (result == StoreResult.Full)
        {
            session.Problem = "the store has no room: max_memory is used up";
            Fullness?.Full(nowMs);
        }
        else if (result == StoreResult.Done)
        {
            Fullness?.Stored(nowMs);
        }

        return ResultFlows.Of(result);
    }

    internal override ResultFlow<StoreResult> DeleteAsync(WorkerContext context, UserSession session, ulong? expected)
    {
        while (_entries.TryGetValue(session.Id, out Entry? entry))
        {
            long nowMs = context.Loop.NowMs;
            if (entry.HasMovedAt(nowMs) || (expected is ulong version && version != entry.VersionAt(nowMs)))
            {
                return ResultFlows.Of(StoreResult.Conflict);
            }

            if (TryRemove(session.Id, entry))
            {
                break;
            }
        }

        return ResultFlows.Of(StoreResult.Done);
    }

    internal override ResultFlow<StoreResult> MoveAwayAsync(WorkerContext context, UserSession session, ulong? expected)
    {
        long nowMs = context.Loop.NowMs;
        var moved = new Entry(contents: null, default, nowMs + UserSession.MovedMs);
        return ResultFlows.Of(Replace(session.Id, moved, nowMs, there => session.IsRefused(expected, there)));
    }

    internal override ResultFlow<StoreResult> RenewAsync(WorkerContext context, UserSession session) =>
        ResultFlows.Of(TryRenew(session, context.Loop.NowMs) ? StoreResult.Done : StoreResult.Absent);

    internal override void Renew(WorkerContext context, UserSession session) => TryRenew(session, context.Loop.NowMs);

    private bool TryRenew(UserSession session, long nowMs)
    {
        if (!_entries.TryGetValue(session.Id, out Entry? entry) || entry.Contents is null || entry.EndsMs <= nowMs)
        {
            return false;
        }

        entry.EndsMs = nowMs + session.LeftMs;
        return true;
    }

    private StoreResult Replace(SessionId id, Entry next, long nowMs, Func<ulong, bool> isRefused)
    {
        while (true)
        {
            _entries.TryGetValue(id, out Entry? known);
            if (known?.HasMovedAt(nowMs) == true || isRefused(known?.VersionAt(nowMs) ?? 0))
            {
                return StoreResult.Conflict;
            }

            long growth = next.Bytes - (known?.Bytes ?? 0);
            if (!TryGrow(growth, nowMs))
            {
                return StoreResult.Full;
            }

            if (known is null ? _entries.TryAdd(id, next) : _entries.TryUpdate(id, next, known))
            {
                return StoreResult.Done;
            }

            Interlocked.Add(ref _bytes, -growth);
        }
    }

    private bool TryGrow(long growth, long nowMs)
    {
        if (Interlocked.Add(ref _bytes, growth) <= MaxBytes || growth <= 0)
        {
            return true;
        }

        ClearAway(nowMs, StepsWhenFull);
        if (Volatile.Read(ref _bytes) <= MaxBytes)
        {
            return true;
        }

        Interlocked.Add(ref _bytes, -growth);
        return false;
    }

    // One worker at a time; the others go on without.
    private void ClearAway(long nowMs, int steps)
    {
        if (Interlocked.Exchange(ref _isClearing, 1) != 0)
        {
            return;
        }

        _round ??= _entries.GetEnumerator();
        for (int i = 0; i < steps; i++)
        {
            if (!_round.MoveNext())
            {
                _round = null;
                break;
            }

            if (_round.Current.Value.EndsMs <= nowMs)
            {
                TryRemove(_round.Current.Key, _round.Current.Value);
            }
        }

        Volatile.Write(ref _isClearing, 0);
    }

    private bool TryRemove(SessionId id, Entry entry)
    {
        bool isRemoved = _entries.TryRemove(KeyValuePair.Create(id, entry));
        if (isRemoved)
        {
            Interlocked.Add(ref _bytes, -entry.Bytes);
        }

        return isRemoved;
    }

    private sealed class Entry(byte[]? contents, SessionStamp stamp, long endsMs)
    {
        private long _endsMs = endsMs;

        /// <summary>The contents; null: the session has another id now.</summary>
        internal byte[]? Contents { get; } = contents;

        internal SessionStamp Stamp { get; } = stamp;

        internal long Bytes => (Contents?.Length ?? 0) + Overhead;

        internal long EndsMs
        {
            get => Volatile.Read(ref _endsMs);
            set => Volatile.Write(ref _endsMs, value);
        }

        /// <summary>The version that is there at a time; 0: none.</summary>
        internal ulong VersionAt(long nowMs) => EndsMs > nowMs ? Stamp.Version : 0;

        /// <summary>Whether it is known at a time that the session has another id.</summary>
        internal bool HasMovedAt(long nowMs) => Contents is null && EndsMs > nowMs;
    }
}
