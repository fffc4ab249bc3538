namespace Atlas.Core.Configuration;

/// <summary>How a pool chooses a server.</summary>
public enum BalanceAlgorithm
{
    /// <summary>One after the other, each as often as its weight says.</summary>
    RoundRobin,

    /// <summary>Smooth weighted round robin: the turns of a heavy server are spread evenly.</summary>
    WeightedRoundRobin,

    /// <summary>The server with the fewest active requests for its weight.</summary>
    LeastConnections,

    /// <summary>By the client's address.</summary>
    IpHash,

    /// <summary>By <see cref="PoolConfig.HashKey"/>; few keys move when a server comes or goes.</summary>
    ConsistentHash,

    /// <summary>The less loaded of two servers drawn at random.</summary>
    PowerOfTwo,

    /// <summary>The server that answers soonest, by its latency and active requests.</summary>
    LeastTime,

    /// <summary>At random, by weight.</summary>
    Random,

    /// <summary>The first usable one in the file's order.</summary>
    First,
}
