using System.Globalization;

namespace Atlas.Running.HighAvailability;

/// <summary>A virtual router has another priority, or for another reason: because of what it tracks, or of its configuration.</summary>
/// <param name="Router">Its name.</param>
/// <param name="Priority">What it has.</param>
/// <param name="Lowered">What lowers it, in words; empty: nothing does.</param>
/// <param name="ConfiguredBefore">The configured priority before, where the configuration has another one now; null: the same as now.</param>
internal sealed record PriorityEvent(string Router, int Priority, string Lowered, int? ConfiguredBefore = null)
{
    /// <summary>As a sentence for the operator.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"virtual router {Router} has priority {Priority}: {Why}");

    private string Why => (ConfiguredBefore, Lowered) switch
    {
        (null, "") => "all that it tracks is well",
        (null, _) => Lowered,
        (int before, "") => string.Create(CultureInfo.InvariantCulture, $"the configuration has another one than before ({before})"),
        (int before, _) => string.Create(CultureInfo.InvariantCulture, $"the configuration has another one than before ({before}), and {Lowered}"),
    };
}
