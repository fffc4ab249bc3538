namespace Atlas.Proxy.Stores;

/// <summary>Calls of a connection in their order: those to be sent, or those whose replies come next. Whoever adds sees to the bound.</summary>
internal sealed class RedisQueue
{
    /// <summary>The most calls on a connection. Past it Redis is slower than what asks it, and waiting longer helps nobody.</summary>
    internal const int Max = 4_096;

    private const int FirstCapacity = 64;

    private Entry[] _entries = new Entry[FirstCapacity];
    private long _first;
    private long _next;

    /// <summary>How many there are.</summary>
    internal int Count => (int)(_next - _first);

    /// <summary>The place of the one that is added next; places only grow.</summary>
    internal long Next => _next;

    /// <summary>The place of the oldest.</summary>
    internal long First => _first;

    /// <summary>The one that is next.</summary>
    internal ref Entry Oldest => ref At(_first);

    /// <summary>Adds a call.</summary>
    /// <param name="call">The call.</param>
    /// <param name="skipped">Replies that come before its own and are nobody's.</param>
    /// <param name="sentMs">When it was sent; of no matter to one that is not yet.</param>
    internal void Add(RedisCall call, int skipped, long sentMs)
    {
        if (Count == _entries.Length)
        {
            Grow();
        }

        call.Sequence = _next;
        _entries[_next & (_entries.Length - 1)] = new Entry { Call = call, Skipped = skipped, Replies = call.Commands, SentMs = sentMs };
        _next++;
    }

    /// <summary>The one at a place that is in use.</summary>
    internal ref Entry At(long place) => ref _entries[place & (_entries.Length - 1)];

    /// <summary>Takes the oldest off.</summary>
    internal void RemoveOldest()
    {
        Oldest = default;
        _first++;
    }

    /// <summary>Nobody waits for a call any more: its place is nobody's.</summary>
    internal void Abandon(long sequence) => At(sequence).Call = null;

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

        /// <summary>The time in milliseconds at which it was sent.</summary>
        internal long SentMs;
    }
}
