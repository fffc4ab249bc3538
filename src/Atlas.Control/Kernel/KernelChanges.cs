using Atlas.Core.KernelForwarding;

namespace Atlas.Control.Kernel;

/// <summary>What a ruleset changes, in words.</summary>
internal static class KernelChanges
{
    // Longer lists tell nobody anything.
    private const int MaxNames = 8;

    /// <summary>A line for each listener whose new flows other servers take than before, not counting shares.</summary>
    internal static IEnumerable<string> Between(IReadOnlyList<ForwardedListener> before, IReadOnlyList<ForwardedListener> after)
    {
        foreach (ForwardedListener listener in after)
        {
            string takers = Takers(listener);
            if (before.FirstOrDefault(known => known.Name == listener.Name) is not { } former || Takers(former) != takers)
            {
                yield return $"listener {listener.Name}: the kernel sends new flows to {takers}";
            }
        }
    }

    private static string Takers(ForwardedListener listener)
    {
        string[] names = [.. listener.Slots.Runs.Select(run => run.Server).Distinct().Order().Select(server => listener.Servers[server].Name)];
        return names.Length == 0 ? "none"
            : names.Length <= MaxNames ? string.Join(", ", names)
            : $"{string.Join(", ", names.Take(MaxNames))} and {names.Length - MaxNames} more";
    }
}
