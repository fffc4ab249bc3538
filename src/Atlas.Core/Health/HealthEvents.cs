namespace Atlas.Core.Health;

/// <summary>The last changes of servers and pools, the same for log, metrics and admin API. Any thread; without locks: an
/// addition copies the list, which is short and grows seldom.</summary>
public sealed class HealthEvents
{
    /// <summary>Events that are kept.</summary>
    public const int Max = 100;

    private HealthEvent[] _latest = [];
    private long _count;

    /// <summary>The last ones, the latest at the end. A list that does not change any more.</summary>
    public IReadOnlyList<HealthEvent> Latest => Volatile.Read(ref _latest);

    /// <summary>How many there were, those included that are not kept any more.</summary>
    public long Count => Volatile.Read(ref _count);

    /// <summary>Adds one; the oldest goes if there are <see cref="Max"/>. O(<see cref="Max"/>).</summary>
    public void Add(HealthEvent change)
    {
        while (true)
        {
            HealthEvent[] seen = Volatile.Read(ref _latest);
            HealthEvent[] next = [.. seen.AsSpan(seen.Length < Max ? 0 : 1), change];
            if (Interlocked.CompareExchange(ref _latest, next, seen) == seen)
            {
                Interlocked.Increment(ref _count);
                return;
            }
        }
    }
}
