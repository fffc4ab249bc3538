namespace Atlas.Core.KernelForwarding;

/// <summary>Slots in a row that belong to the same server.</summary>
/// <param name="First">The first of them.</param>
/// <param name="Last">The last of them.</param>
/// <param name="Server">The server's index in its pool.</param>
public readonly record struct SlotRun(int First, int Last, int Server);
