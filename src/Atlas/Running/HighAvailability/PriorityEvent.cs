using System.Globalization;

namespace Atlas.Running.HighAvailability;

/// <summary>What a virtual router tracks left it another priority, or for another reason.</summary>
/// <param name="Router">Its name.</param>
/// <param name="Priority">What is left.</param>
/// <param name="Lowered">What lowers it, in words; empty: nothing does.</param>
internal sealed record PriorityEvent(string Router, int Priority, string Lowered)
{
    /// <summary>As a sentence for the operator.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"virtual router {Router} has priority {Priority}: {(Lowered.Length > 0 ? Lowered : "all that it tracks is well")}");
}
