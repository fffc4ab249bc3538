namespace Atlas.Proxy.Metrics;

/// <summary>The same numbers of all workers, to be read together. Any thread.</summary>
/// <param name="count">How many numbers each has.</param>
/// <param name="workers">Those of each worker.</param>
internal sealed class WorkerCells(int count, IEnumerable<CounterCells> workers)
{
    private readonly CounterCells[] _workers = [.. workers];

    /// <summary>One number of all workers. O(workers).</summary>
    internal long Sum(int cell)
    {
        long sum = 0;
        foreach (CounterCells worker in _workers)
        {
            sum += worker.Read(cell);
        }

        return sum;
    }

    /// <summary>All numbers of all workers. O(workers and numbers).</summary>
    internal long[] Read()
    {
        long[] sums = new long[count];
        foreach (CounterCells worker in _workers)
        {
            worker.AddTo(sums);
        }

        return sums;
    }
}
