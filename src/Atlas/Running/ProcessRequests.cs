using Atlas.Running.Upgrades;

namespace Atlas.Running;

/// <summary>What the admin server asks of the process as signals do, and waits for.</summary>
/// <param name="signals">Where it is asked for.</param>
internal sealed class ProcessRequests(ProcessSignals signals)
{
    internal ReloadRequests Reloads { get; } = new(signals);

    internal UpgradeRequests Upgrades { get; } = new(signals);
}
