using System.Collections.Concurrent;
using Atlas.Core.Sessions;
using Atlas.Engine.Flows;
using Atlas.Proxy.Http;

namespace Atlas.Proxy.UserSessions;

/// <summary>
/// Sessions in this process's memory. All workers use one; none waits for another for longer than it takes to swap a reference.
/// Nobody's session is thrown out to make room for another's: what is full takes nothing new. What is over is taken out bit by bit, with
/// each session that is asked for or written.
/// </summary>
/// <param name="maxBytes">The most memory, an estimate of what goes around contents included.</param>
internal sealed class MemorySessions(long maxBytes) : SessionStore
{
    /// <summary>What a session takes besides its contents: an entry, its place in the table and in the queue.</summary>
    internal const int Overhead = 256;

    // What one call clears away, and what one does that finds no room.
    private const int Steps = 2;
    private const int StepsWhenFull = 1_000;

    private readonly ConcurrentDictionary<SessionId, Entry> _entries = new();

    // One place for each session, roughly in the order in which they end: a renewed one goes to the back when its turn comes.
    private readonly ConcurrentQueue<(SessionId Id, long AtMs)> _ends = new();
    private long _maxBytes = maxBytes;
    private long _bytes;

    /// <summary>Sessions that are kept, those that are over and not yet cleared away included.</summary>
    internal int Count => _entries.Count;

    /// <summary>Memory that is used, as it is counted.</summary>
    internal long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Changes the most memory.</summary>
    internal MemorySessions Limit(long maxBytes)
    {
        Volatile.Write(ref _maxBytes, maxBytes);
        return this;
    }

    internal override ResultFlow<StoreResult> LoadAsync(WorkerContext context, UserSession session)
    {
        long nowMs = context.Loop.NowMs;
        ClearAway(nowMs, Steps);
        if (!_entries.TryGetValue(session.Id, out Entry? entry) || entry.EndsMs <= nowMs)
        {
            return ResultFlows.Of(StoreResult.Absent);
        }

        session.Found(entry.Contents, entry.Stamp, entry.EndsMs - nowMs);
        return ResultFlows.Of(StoreResult.Done);
    }

    internal override ResultFlow<StoreResult> SaveAsync(WorkerContext context, UserSession session, ulong? expected)
    {
        long nowMs = context.Loop.NowMs;
        ClearAway(nowMs, Steps);
        var next = new Entry(session.Written.ToArray(), session.Stamp, nowMs + session.LeftMs);
        while (true)
        {
            _entries.TryGetValue(session.Id, out Entry? known);
            ulong there = known?.EndsMs > nowMs ? known.Stamp.Version : 0;
            if (session.IsRefused(expected, there))
            {
                return ResultFlows.Of(StoreResult.Conflict);
            }

            long growth = next.Bytes - (known?.Bytes ?? 0);
            if (!TryGrow(growth, nowMs))
            {
                session.Problem = "the store has no room: max_memory is used up";
                return ResultFlows.Of(StoreResult.Full);
            }

            if (known is null ? _entries.TryAdd(session.Id, next) : _entries.TryUpdate(session.Id, next, known))
            {
                if (known is null)
                {
                    _ends.Enqueue((session.Id, next.EndsMs));
                }

                return ResultFlows.Of(StoreResult.Done);
            }

            Interlocked.Add(ref _bytes, -growth);
        }
    }

    internal override ResultFlow<StoreResult> DeleteAsync(WorkerContext context, UserSession session)
    {
        // Its place among the ends goes when its turn comes; until then a session of the same id cannot begin, for ids are random.
        if (_entries.TryRemove(session.Id, out Entry? entry))
        {
            Interlocked.Add(ref _bytes, -entry.Bytes);
        }

        return ResultFlows.Of(StoreResult.Done);
    }

    internal override void Renew(WorkerContext context, UserSession session)
    {
        if (_entries.TryGetValue(session.Id, out Entry? entry))
        {
            entry.EndsMs = context.Loop.NowMs + session.LeftMs;
        }
    }

    private bool TryGrow(long growth, long nowMs)
    {
        if (Interlocked.Add(ref _bytes, growth) <= Volatile.Read(ref _maxBytes) || growth <= 0)
        {
            return true;
        }

        ClearAway(nowMs, StepsWhenFull);
        if (Volatile.Read(ref _bytes) <= Volatile.Read(ref _maxBytes))
        {
            return true;
        }

        Interlocked.Add(ref _bytes, -growth);
        return false;
    }

    private void ClearAway(long nowMs, int steps)
    {
        for (int i = 0; i < steps && _ends.TryPeek(out (SessionId Id, long AtMs) first) && first.AtMs <= nowMs; i++)
        {
            // Another worker may have taken what was peeked at: whatever comes out is judged by itself.
            if (!_ends.TryDequeue(out first) || !_entries.TryGetValue(first.Id, out Entry? entry))
            {
                continue;
            }

            if (entry.EndsMs > nowMs)
            {
                _ends.Enqueue((first.Id, entry.EndsMs));
            }
            else if (_entries.TryRemove(KeyValuePair.Create(first.Id, entry)))
            {
                Interlocked.Add(ref _bytes, -entry.Bytes);
            }
            else
            {
                // It was written again just now.
                _ends.Enqueue((first.Id, nowMs));
            }
        }
    }

    private sealed class Entry(byte[] contents, SessionStamp stamp, long endsMs)
    {
        private long _endsMs = endsMs;

        internal byte[] Contents { get; } = contents;

        internal SessionStamp Stamp { get; } = stamp;

        internal long Bytes => Contents.Length + Overhead;

        internal long EndsMs
        {
            get => Volatile.Read(ref _endsMs);
            set => Volatile.Write(ref _endsMs, value);
        }
    }
}
