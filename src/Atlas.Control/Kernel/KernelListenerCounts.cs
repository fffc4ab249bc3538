namespace Atlas.Control.Kernel;

/// <summary>What the kernel did for a listener, since Atlas started.</summary>
/// <param name="Listener">The listener.</param>
/// <param name="Refused">New flows that no server took: their first packets.</param>
/// <param name="Open">Flows that are open; null: not known.</param>
/// <param name="Servers">The servers of its pool, in the order of the file.</param>
public sealed record KernelListenerCounts(string Listener, long Refused, int? Open, IReadOnlyList<KernelServerCounts> Servers);
