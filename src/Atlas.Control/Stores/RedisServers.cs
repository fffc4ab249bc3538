using Atlas.Core.Configuration;

namespace Atlas.Control.Stores;

/// <summary>Which servers of Redis take calls at present. Immutable.</summary>
/// <param name="Servers">The master, or the masters of a cluster; empty: <paramref name="Problem"/> says why none is known.</param>
/// <param name="Slots">Of a cluster: for each slot the place of its server in <paramref name="Servers"/>, -1 for none; empty: it is no
/// cluster.</param>
/// <param name="Problem">In words for operators, such as "no sentinel knows a master of the name mymaster"; empty: there is none.</param>
public sealed record RedisServers(ValueList<ServerAddress> Servers, ValueList<short> Slots, string Problem = "")
{
    /// <summary>That of a store whose servers cannot be found out.</summary>
    internal static RedisServers Unknown(string problem) => new([], [], problem);
}
