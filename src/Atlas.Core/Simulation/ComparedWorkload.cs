namespace Atlas.Core.Simulation;

/// <summary>Servers and requests that algorithms are compared on.</summary>
/// <param name="Name">A few words.</param>
/// <param name="Description">What it is, in one paragraph.</param>
public sealed record ComparedWorkload(string Name, string Description)
{
    /// <summary>The kinds of requests.</summary>
    public required IReadOnlyList<RequestCost> Costs { get; init; }

    /// <summary>The requests that come, as a share of those that all servers together can work on.</summary>
    public double Load { get; init; } = 0.7;

    /// <summary>Of how many servers one is slow or fails: the first, and every so many further ones; 0: none is.</summary>
    public int EveryServers { get; init; }

    /// <summary>The speed of those servers.</summary>
    public double Speed { get; init; } = 1;

    /// <summary>Whether they refuse requests from the first to the last quarter of the time.</summary>
    public bool Fails { get; init; }

    /// <summary>Clients for each server.</summary>
    public int ClientsPerServer { get; init; } = 1_000;

    /// <summary>The share of the requests that one client sends beside its own.</summary>
    public double LoudClientShare { get; init; }
}
