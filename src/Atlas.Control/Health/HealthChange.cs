using System.Globalization;
using Atlas.Core.Health;

namespace Atlas.Control.Health;

/// <summary>A server's health changed.</summary>
/// <param name="Target">Whose.</param>
/// <param name="From">What it was.</param>
/// <param name="To">What it is: up or down.</param>
/// <param name="Checks">How many checks in a row decided it.</param>
/// <param name="Probe">The last of them.</param>
public sealed record HealthChange(ProbeTarget Target, ServerHealth From, ServerHealth To, int Checks, LastProbe Probe)
{
    /// <summary>The line for the operator: <c>pool web server b: down after 3 failed checks: connect refused</c>.</summary>
    public override string ToString()
    {
        (string state, string result) = To == ServerHealth.Up ? ("up", "passed") : ("down", "failed");
        string checks = Checks == 1 ? "check" : "checks";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"pool {Target.Pool} server {Target.Server}: {state} after {Checks} {result} {checks}: {Probe.Result.Detail}");
    }
}
