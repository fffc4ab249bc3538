using Atlas.Proxy.UserSessions;

namespace Atlas.Proxy.Metrics;

/// <summary>The numbers of a configured session, counted by each worker for itself; see <see cref="ListenerMetrics"/>.</summary>
internal sealed class SessionMetrics
{
    internal static readonly string[] Operations = ["load", "save", "delete"];
    internal static readonly string[] Results = ["done", "absent", "conflict", "moved", "full", "away", "cancelled"];

    private readonly CounterCells[] _workers;

    internal SessionMetrics(string name, int workers)
    {
        Name = name;
        _workers = [.. Enumerable.Range(0, workers).Select(_ => new CounterCells(Operations.Length * Results.Length))];
    }

    /// <summary>Its configured name.</summary>
    internal string Name { get; }

    /// <summary>Where its sessions lie, if that is this process; null: elsewhere.</summary>
    internal MemorySessions? Memory { get; set; }

    /// <summary>Its store was asked for something.</summary>
    /// <param name="worker">The index of the worker that asked, on its thread.</param>
    /// <param name="operation">What for.</param>
    /// <param name="result">What came of it.</param>
    internal void Count(int worker, SessionOperation operation, StoreResult result) => _workers[worker].Add(CellOf(operation, result), 1);

    /// <summary>How often that came of it.</summary>
    internal long Read(SessionOperation operation, StoreResult result) => _workers.Sum(cells => cells.Read(CellOf(operation, result)));

    private static int CellOf(SessionOperation operation, StoreResult result) => ((int)operation * Results.Length) + (int)result;
}
