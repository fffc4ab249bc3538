namespace Atlas.Proxy.Snapshots;

/// <summary>A listener whose packets the kernel forwards: the data plane sees none of them.</summary>
/// <param name="Name">The listener's name.</param>
/// <param name="Pool">Where its flows go.</param>
public sealed record KernelListenerSnapshot(string Name, PoolSnapshot Pool) : ListenerSnapshot(Name)
{
    internal override ListenerSnapshot With(Func<PoolSnapshot, PoolSnapshot> next) => this with { Pool = next(Pool) };
}
