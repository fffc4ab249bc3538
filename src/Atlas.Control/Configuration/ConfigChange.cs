namespace Atlas.Control.Configuration;

/// <summary>One part of the configuration that a reload changes.</summary>
/// <param name="Kind">What became of it.</param>
/// <param name="Subject">The part: <c>listener web</c>, <c>pool web</c>, <c>server web/app-1</c>, or <c>configuration</c> for the rest.</param>
/// <param name="Keys">The keys whose values differ, in the order of the reference page; empty unless it was changed.</param>
public sealed record ConfigChange(ConfigChangeKind Kind, string Subject, IReadOnlyList<string> Keys)
{
    /// <summary>What comes of it that nobody may expect; empty: nothing.</summary>
    public string Consequence { get; init; } = "";

    /// <summary><c>pool web: changed balance, retry</c>.</summary>
    public override string ToString()
    {
        string change = Kind switch
        {
            ConfigChangeKind.Added => $"{Subject}: added",
            ConfigChangeKind.Removed => $"{Subject}: removed",
            ConfigChangeKind.Changed or _ => $"{Subject}: changed {string.Join(", ", Keys)}",
        };
        return Consequence.Length == 0 ? change : $"{change}: {Consequence}";
    }
}
