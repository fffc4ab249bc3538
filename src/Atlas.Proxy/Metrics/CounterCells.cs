namespace Atlas.Proxy.Metrics;

/// <summary>Numbers that one thread writes and any thread reads: a plain addition and a volatile store, no atomic
/// operation. Room before and behind keeps the numbers of two workers off each other's cache lines.</summary>
internal sealed class CounterCells(int count)
{
    // Two lines of 64 bytes, since they are fetched in pairs.
    private const int Padding = 16;

    private readonly long[] _cells = new long[count + (2 * Padding)];

    /// <summary>Adds to a number. The owner's thread only.</summary>
    internal void Add(int cell, long amount)
    {
        ref long value = ref _cells[Padding + cell];
        Volatile.Write(ref value, value + amount);
    }

    /// <summary>One number. Any thread.</summary>
    internal long Read(int cell) => Volatile.Read(ref _cells[Padding + cell]);

    /// <summary>Adds all numbers to sums. Any thread.</summary>
    internal void AddTo(Span<long> sums)
    {
        for (int i = 0; i < sums.Length; i++)
        {
            sums[i] += Volatile.Read(ref _cells[Padding + i]);
        }
    }
}
