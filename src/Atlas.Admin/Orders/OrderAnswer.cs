using Atlas.Admin.Reports;

namespace Atlas.Admin.Orders;

/// <summary>What became of an order.</summary>
public sealed record OrderAnswer
{
    private OrderAnswer()
    {
    }

    /// <summary>The server as it is now; null: the order was not carried out.</summary>
    public ServerReport? Server { get; private init; }

    /// <summary>Why it was not carried out; null: it was.</summary>
    public string? Error { get; private init; }

    /// <summary>The names that would have been right.</summary>
    public IReadOnlyList<string> Known { get; private init; } = [];

    /// <summary>It was carried out.</summary>
    public static OrderAnswer Done(ServerReport server) => new() { Server = server };

    /// <summary>There is no such pool.</summary>
    public static OrderAnswer NoPool(string pool, IEnumerable<string> known) =>
        new() { Error = $"there is no pool '{pool}'", Known = [.. known] };

    /// <summary>The pool has no such server.</summary>
    public static OrderAnswer NoServer(string pool, string server, IEnumerable<string> known) =>
        new() { Error = $"pool {pool} has no server '{server}'", Known = [.. known] };
}
