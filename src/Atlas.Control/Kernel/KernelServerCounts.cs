namespace Atlas.Control.Kernel;

/// <summary>What the kernel has sent to a server for a listener, since Atlas started.</summary>
/// <param name="Listener">The listener.</param>
/// <param name="Pool">The listener's pool.</param>
/// <param name="Server">The server's name there.</param>
/// <param name="Flows">Flows that were sent to it.</param>
/// <param name="In">What clients sent.</param>
/// <param name="Out">What it sent.</param>
/// <param name="Open">Flows that are open; null: not known.</param>
public sealed record KernelServerCounts(
    string Listener, string Pool, string Server, long Flows, NftCounter In, NftCounter Out, int? Open);
