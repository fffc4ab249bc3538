namespace Atlas.Core.Configuration;

/// <summary>
/// Where a section of the configuration and the values of its keys were written. As with <see cref="SourcePosition"/>, all
/// sources are equal to each other.
/// </summary>
public sealed class SectionSource : IEquatable<SectionSource>
{
    /// <summary>The source of a section that stands in no file: one that has its defaults, or is made by a program.</summary>
    public static readonly SectionSource None = new(SourcePosition.None, []);

    private readonly Dictionary<string, SourcePosition> _keys;

    /// <summary>Remembers the places of a section.</summary>
    /// <param name="position">Where the section's value begins.</param>
    /// <param name="keys">The keys that were written, each with the place of its value.</param>
    public SectionSource(SourcePosition position, IEnumerable<KeyValuePair<string, SourcePosition>> keys)
    {
        Position = position;
        _keys = new Dictionary<string, SourcePosition>(keys, StringComparer.Ordinal);
    }

    /// <summary>Where the section's value begins.</summary>
    public SourcePosition Position { get; }

    /// <summary>Whether the file has this key in this section, be it with its default.</summary>
    public bool IsWritten(string key) => _keys.ContainsKey(key);

    /// <summary>The place of the key's value, or of the section where the key is not written.</summary>
    public SourcePosition PositionOf(string key) => _keys.TryGetValue(key, out var position) ? position : Position;

    /// <inheritdoc/>
    public bool Equals(SectionSource? other) => other is not null;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as SectionSource);

    /// <inheritdoc/>
    public override int GetHashCode() => 0;
}
