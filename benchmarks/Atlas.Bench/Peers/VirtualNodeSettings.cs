using System.Globalization;

namespace Atlas.Bench.Peers;

/// <summary>What the programs of a node are started with.</summary>
/// <param name="Node">Its name.</param>
/// <param name="Priority">Its priority.</param>
/// <param name="IntervalMs">How often it advertises as master.</param>
/// <param name="Preempts">Whether it takes the address from a master of lower priority.</param>
/// <param name="Directory">A directory of its own.</param>
internal sealed record VirtualNodeSettings(string Node, int Priority, int IntervalMs, bool Preempts, string Directory)
{
    /// <summary>Fills in a configuration of benchmarks/peers and returns the path of the result.</summary>
    internal string Fill(string template)
    {
        string text = File.ReadAllText(Path.Combine(Layout.Root, "benchmarks", "peers", template))
            .Replace("@NODE@", Node, StringComparison.Ordinal)
            .Replace("@PRIORITY@", $"{Priority}", StringComparison.Ordinal)
            .Replace("@INTERVAL@", $"{IntervalMs}", StringComparison.Ordinal)
            .Replace("@SECONDS@", (IntervalMs / 1_000.0).ToString("0.###", CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("@PREEMPTS@", Preempts ? "true" : "false", StringComparison.Ordinal)
            .Replace("@NOPREEMPT@", Preempts ? "" : "nopreempt", StringComparison.Ordinal)
            .Replace("@DIR@", Directory, StringComparison.Ordinal);
        string path = Path.Combine(Directory, template);
        File.WriteAllText(path, text);
        return path;
    }
}
