using System.Collections.Concurrent;
using Atlas.Core.Sessions;

namespace Atlas.Proxy.UserSessions;

/// <summary>
/// The sessions of this process's memory. Any thread; none waits for another for longer than it takes to swap a reference. Times are those
/// of loops. Nobody's session is thrown out to make room for another's: what is full takes nothing new. What is over is taken out bit by
/// bit: each call looks at a few sessions, going round and round.
/// </summary>
/// <param name="maxBytes">The most memory, an estimate of what goes around contents included.</param>
internal sealed class MemoryTable(long maxBytes)
{
    // What one call looks at, and what one does that finds no room.
    private const int Steps = 4;
    private const int StepsWhenFull = 4_000;

    private readonly ConcurrentDictionary<SessionId, MemoryEntry> _entries = new();
    private IEnumerator<KeyValuePair<SessionId, MemoryEntry>>? _round;
    private ConcurrentQueue<SessionId>? _changes;
    private int _isClearing;
    private long _maxBytes = maxBytes;
    private long _bytes;

    /// <summary>Sessions that are kept, those that are over and not yet cleared away included.</summary>
    internal int Count => _entries.Count;

    /// <summary>Memory that is used, as it is counted.</summary>
    internal long Bytes => Volatile.Read(ref _bytes);

    /// <summary>The most memory.</summary>
    internal long MaxBytes
    {
        get => Volatile.Read(ref _maxBytes);
        set => Volatile.Write(ref _maxBytes, value);
    }

    /// <summary>Takes the ids of what changes, each once it has; null: nobody wants to know.</summary>
    internal ConcurrentQueue<SessionId>? Changes
    {
        get => Volatile.Read(ref _changes);
        set => Volatile.Write(ref _changes, value);
    }

    /// <summary>Does what is asked.</summary>
    internal SessionReply Do(in SessionCall call, long nowMs)
    {
        ClearAway(nowMs, Steps);
        SessionReply reply = call.Kind switch
        {
            SessionCallKind.Load => Load(call.Id, nowMs),
            SessionCallKind.Save or SessionCallKind.Put =>
                new SessionReply(Replace(call, new MemoryEntry(call.Contents, call.Stamp, nowMs + call.LeftMs), nowMs)),
            SessionCallKind.Delete or SessionCallKind.Remove => new SessionReply(Delete(call, nowMs)),
            SessionCallKind.MoveAway => new SessionReply(Replace(call, new MemoryEntry(contents: null, default, nowMs + call.LeftMs), nowMs)),
            SessionCallKind.Renew => new SessionReply(Renew(call, nowMs)),
            SessionCallKind.Sync => new SessionReply(StoreResult.Done),
            _ => throw new InvalidOperationException("unknown call"),
        };
        if (reply.Result == StoreResult.Done && call.Kind != SessionCallKind.Load)
        {
            Changes?.Enqueue(call.Id);
        }

        return reply;
    }

    /// <summary>All that is there, each as a call that puts it elsewhere. What changes meanwhile may be told as before or after.</summary>
    internal IEnumerable<SessionCall> ReadAll(long nowMs) =>
        _entries.Where(entry => entry.Value.EndsMs > nowMs).Select(entry => PutOf(entry.Key, entry.Value, nowMs));

    /// <summary>What is there of one session, as a call that brings another table to the same.</summary>
    internal SessionCall ReadOne(SessionId id, long nowMs) => _entries.TryGetValue(id, out MemoryEntry? entry) && entry.EndsMs > nowMs
        ? PutOf(id, entry, nowMs)
        : new SessionCall { Kind = SessionCallKind.Remove, Id = id };

    private static SessionCall PutOf(SessionId id, MemoryEntry entry, long nowMs) => new()
    {
        Kind = SessionCallKind.Put, Id = id, Contents = entry.Contents, Stamp = entry.Stamp, LeftMs = entry.EndsMs - nowMs,
    };

    private SessionReply Load(SessionId id, long nowMs) =>
        !_entries.TryGetValue(id, out MemoryEntry? entry) || entry.EndsMs <= nowMs ? new SessionReply(StoreResult.Absent)
        : entry.Contents is null ? new SessionReply(StoreResult.Moved)
        : new SessionReply(StoreResult.Done, entry.Contents, entry.Stamp, entry.EndsMs - nowMs);

    private StoreResult Delete(in SessionCall call, long nowMs)
    {
        while (_entries.TryGetValue(call.Id, out MemoryEntry? entry))
        {
            if (call.Kind == SessionCallKind.Delete
                && (entry.HasMovedAt(nowMs) || (call.Expected is ulong version && version != entry.VersionAt(nowMs))))
            {
                return StoreResult.Conflict;
            }

            if (TryRemove(call.Id, entry))
            {
                break;
            }
        }

        return StoreResult.Done;
    }

    private StoreResult Renew(in SessionCall call, long nowMs)
    {
        if (!_entries.TryGetValue(call.Id, out MemoryEntry? entry) || entry.Contents is null || entry.EndsMs <= nowMs)
        {
            return StoreResult.Absent;
        }

        entry.EndsMs = nowMs + call.LeftMs;
        return StoreResult.Done;
    }

    private StoreResult Replace(in SessionCall call, MemoryEntry next, long nowMs)
    {
        while (true)
        {
            _entries.TryGetValue(call.Id, out MemoryEntry? known);
            if (call.Kind != SessionCallKind.Put && (known?.HasMovedAt(nowMs) == true || call.IsRefused(known?.VersionAt(nowMs) ?? 0)))
            {
                return StoreResult.Conflict;
            }

            long growth = next.Bytes - (known?.Bytes ?? 0);
            if (!TryGrow(growth, nowMs))
            {
                return StoreResult.Full;
            }

            if (known is null ? _entries.TryAdd(call.Id, next) : _entries.TryUpdate(call.Id, next, known))
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

    // One thread at a time; the others go on without.
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

    private bool TryRemove(SessionId id, MemoryEntry entry)
    {
        bool isRemoved = _entries.TryRemove(KeyValuePair.Create(id, entry));
        if (isRemoved)
        {
            Interlocked.Add(ref _bytes, -entry.Bytes);
        }

        return isRemoved;
    }
}
