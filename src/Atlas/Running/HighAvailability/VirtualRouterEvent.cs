using System.Globalization;
using Atlas.Core.Configuration;
using Atlas.Core.HighAvailability;

namespace Atlas.Running.HighAvailability;

/// <summary>A virtual router changed its state.</summary>
/// <param name="Config">Which.</param>
/// <param name="From">The state before.</param>
/// <param name="To">The state after.</param>
/// <param name="Reason">Why, in words.</param>
internal sealed record VirtualRouterEvent(VirtualRouterConfig Config, VirtualRouterState From, VirtualRouterState To, string Reason)
{
    /// <summary>As a sentence for the operator.</summary>
    public override string ToString()
    {
        string addresses = string.Join(", ", Config.Addresses.Select(address => address.Address.ToString()));
        string does = To switch
        {
            VirtualRouterState.Master => $"master, has {addresses}",
            VirtualRouterState.Backup when From == VirtualRouterState.Master => $"backup, gave {addresses} up",
            VirtualRouterState.Fault when From == VirtualRouterState.Master => $"in fault, gave {addresses} up",
            VirtualRouterState.Backup => "backup",
            VirtualRouterState.Fault => "in fault, takes no part",
            VirtualRouterState.Initialize => "stopped",
            _ => throw new ArgumentOutOfRangeException(nameof(To)),
        };
        return string.Create(CultureInfo.InvariantCulture, $"virtual router {VirtualRouterStatus.NameOf(Config)} is {does}: {Reason}");
    }
}
