namespace Atlas.Tests.Shared;

/// <summary>Counts what code allocates on the thread that runs it.</summary>
internal static class Allocations
{
    private const int Windows = 5;

    /// <summary>
    /// The bytes that one call allocates, after one that warms up: the least of a few calls. What the runtime does now and
    /// then, such as compiling a method anew or counting a collection's rest of the thread's space, is in some of them; what
    /// the code allocates is in each.
    /// </summary>
    public static long Of(Action work)
    {
        work();
        long least = long.MaxValue;
        for (int window = 0; window < Windows && least > 0; window++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            work();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
