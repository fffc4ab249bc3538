using Atlas.Control.Configuration.Keys;
using Atlas.Core.Configuration;

namespace Atlas.Control.Configuration.Validation;

/// <summary>
/// Collects what rules find. A value that could not be read has its default, so that rules see a whole configuration; what they
/// find in its place would only follow from the first error, and is left out.
/// </summary>
/// <param name="errors">Where findings go, with the errors of reading in it.</param>
internal sealed class Findings(ConfigErrors errors)
{
    private readonly HashSet<(int Line, int Column)> _refused = errors.Places();

    /// <summary>Whether something between two places could not be read.</summary>
    public bool IsRefusedBetween(SourcePosition from, SourcePosition to) => _refused.Any(place =>
        (place.Line, place.Column).CompareTo((from.Line, from.Column)) >= 0 && (place.Line, place.Column).CompareTo((to.Line, to.Column)) < 0);

    /// <summary>Whether the value at a place could not be read.</summary>
    public bool IsRefused(SourcePosition position) => _refused.Contains((position.Line, position.Column));

    /// <summary>Adds what a rule found.</summary>
    public void Add(SourcePosition position, string message)
    {
        if (!IsRefused(position))
        {
            errors.Add(position, message);
        }
    }

    /// <summary>Adds what a rule found about a key, at its value.</summary>
    public void Add(ConfigSection section, string key, string message) => Add(section.Source.PositionOf(key), message);

    /// <summary>Adds an error for each of the keys that is written.</summary>
    /// <param name="section">The section that may have them.</param>
    /// <param name="keys">The keys.</param>
    /// <param name="reason">Why they may not be there, so that it completes "'KEY' …".</param>
    public void Forbid(ConfigSection section, ReadOnlySpan<string> keys, string reason)
    {
        foreach (string key in keys)
        {
            if (section.Source.IsWritten(key))
            {
                Add(section, key, $"'{key}' {reason}");
            }
        }
    }

    /// <summary>Adds an error where a name refers to nothing.</summary>
    /// <param name="position">Where the name stands.</param>
    /// <param name="noun">What it should name.</param>
    /// <param name="name">The name; null refers to nothing and may.</param>
    /// <param name="known">The names that there are.</param>
    public void Refer(SourcePosition position, string noun, string? name, IReadOnlyCollection<string> known)
    {
        if (name is null || known.Contains(name))
        {
            return;
        }

        const int maxListed = 10;
        string? near = Spelling.Nearest(name, known);
        string list = known.Count == 0 ? $"the file has no {noun} at all"
            : known.Count <= maxListed ? $"known: {string.Join(", ", known)}"
            : $"known: {string.Join(", ", known.Take(maxListed))} and {known.Count - maxListed} more";
        Add(position, $"there is no {noun} {Yaml.YamlScalar.Quote(name)}: {(near is null ? "" : $"did you mean '{near}'? ")}{list}");
    }

    /// <summary>Adds an error for each element whose key an earlier one has.</summary>
    /// <param name="elements">The elements in the file's order.</param>
    /// <param name="key">What must be unique; null is not compared.</param>
    /// <param name="where">Where an element's key stands.</param>
    /// <param name="message">The error, from the key and the line of the first.</param>
    public void Unique<T>(IEnumerable<T> elements, Func<T, string?> key, Func<T, SourcePosition> where, Func<string, int, string> message)
    {
        var first = new Dictionary<string, SourcePosition>(StringComparer.Ordinal);
        foreach (var element in elements)
        {
            if (key(element) is { Length: > 0 } text && !first.TryAdd(text, where(element)))
            {
                Add(where(element), message(text, first[text].Line));
            }
        }
    }
}
