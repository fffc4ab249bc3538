using Atlas.Control.Discovery.Resolving;

namespace Atlas.Control.Discovery;

/// <summary>What a <see cref="NameDiscovery"/> needs.</summary>
public sealed record DiscoveryOptions
{
    /// <summary>Who finds the records of names.</summary>
    public required INameResolver Resolver { get; init; }

    /// <summary>The clock and its timers.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Numbers from 0 to below 1, on any thread.</summary>
    public Func<double> Random { get; init; } = System.Random.Shared.NextDouble;

    /// <summary>Hears that <see cref="NameDiscovery.Expand"/> gives other servers than before, on any thread, and what there is
    /// to tell once they are in force. Must neither block nor call back.</summary>
    public Action<DiscoveryEvent> Changed { get; init; } = _ => { };

    /// <summary>Takes what there is to tell at once, on any thread. Must neither block nor call back.</summary>
    public Action<DiscoveryEvent> Tell { get; init; } = _ => { };
}
