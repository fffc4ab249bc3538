using Atlas.Core.Configuration;

namespace Atlas.Control.Configuration;

/// <summary>Collects the errors of one file while it is read. One thread.</summary>
/// <param name="fileName">The file, as messages name it.</param>
internal sealed class ConfigErrors(string fileName)
{
    /// <summary>Errors past this number are not kept; far above what anybody reads, and a bound on memory.</summary>
    public const int MaxKept = 10_000;

    private readonly List<ConfigError> _errors = [];

    /// <summary>How many were added so far.</summary>
    public int Count { get; private set; }

    /// <summary>Adds an error.</summary>
    /// <param name="position">Where it is; a place that is not known counts as the file's beginning.</param>
    /// <param name="message">What is wrong, and what is allowed.</param>
    public void Add(SourcePosition position, string message)
    {
        Count++;
        if (_errors.Count < MaxKept)
        {
            _errors.Add(new ConfigError(fileName, Math.Max(position.Line, 1), Math.Max(position.Column, 1), message));
        }
    }

    /// <summary>The places of the errors so far.</summary>
    public HashSet<(int Line, int Column)> Places() => [.. _errors.Select(error => (error.Line, error.Column))];

    /// <summary>
    /// The errors in the order of their places. Of more than <paramref name="max"/> the last one says that there are more.
    /// </summary>
    public IReadOnlyList<ConfigError> InOrder(int max)
    {
        var ordered = _errors.Distinct().OrderBy(error => error.Line).ThenBy(error => error.Column).ToList();
        if (ordered.Count <= max)
        {
            return ordered;
        }

        var last = ordered[max - 1];
        return [.. ordered.Take(max - 1), last with { Message = $"and {ordered.Count - max + 1} more errors from here on" }];
    }
}
