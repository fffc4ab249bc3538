namespace Atlas.Proxy.Stores;

/// <summary>The calls of a connection that were sent and not answered, in the order in which their replies come. Bounded.</summary>
internal sealed class RedisInFlight
{
    /// <summary>The most calls. Past it Redis is slower than what asks it, and waiting longer helps nobody.</summary>
    internal const int Max = 4_096;

    private const int FirstCapacity = 64;

    private Entry[] _entries = new Entry[FirstCapacity];
    private long _first;
    private long _next;

    /// <summary>How many there are.</summary>
    internal int Count => (int)(_next - _first);

    /// <summary>Whether no more may be added.</summary>
    internal bool IsFull => Count >= Max;

    /// <summary>The one whose replies come next.</summary>
    internal ref Entry Oldest => ref _entries[_first & (_entries.Length - 1)];

    /// <summary>Adds a call.</summary>
    /// <param name="call">The call.</param>
    /// <param name="skipped">Replies that come before its own and are nobody's.</param>
    /// <param name="nowMs">The loop's time.</param>
    internal void Add(RedisCall call, int skipped, long nowMs)
    {
        if (Count == _entries.Length)
        {
            Grow();
        }

        call.Sequence = _next;
        _entries[_next & (_entries.Length - 1)] = new Entry { Call = call, Skipped = skipped, Replies = call.Commands, SentMs = nowMs };
        _next++;
    }

    /// <summary>Takes the oldest off.</summary>
    internal void RemoveOldest()
    {
        Oldest = default;
        _first++;
    }

    /// <summary>Nobody waits for a call any more: its replies are nobody's.</summary>
    internal void Abandon(long sequence) => _entries[sequence & (_entries.Length - 1)].Call = null;

    private void Grow()
    {
        var larger = new Entry[_entries.Length * 2];
        for (long i = _first; i < _next; i++)
        {
            larger[i & (larger.Length - 1)] = _entries[i & (_entries.Length - 1)];
        }

        _entries = larger;
    }

    internal struct Entry
    {
        /// <summary>Who waits; null: nobody any more.</summary>
        internal RedisCall? Call;

        /// <summary>Replies still to come that nobody wants.</summary>
        internal int Skipped;

        /// <summary>Replies of the call still to come.</summary>
        internal int Replies;

        /// <summary>The loop's time at which it was sent.</summary>
        internal long SentMs;
    }
}
