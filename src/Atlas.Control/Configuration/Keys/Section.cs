using Atlas.Control.Configuration.Sections;
using Atlas.Control.Configuration.Yaml;
using Atlas.Core.Configuration;

namespace Atlas.Control.Configuration.Keys;

/// <summary>
/// The table of a section's keys. Reading, "did you mean", the schema and the reference page are all made from it, so that
/// they cannot disagree. Filled once by chained calls, then not changed.
/// </summary>
/// <typeparam name="T">The section's record, whose initial values are the defaults.</typeparam>
/// <param name="name">Its name in the schema, unique among all sections.</param>
/// <param name="path">Where it stands.</param>
/// <param name="noun">What messages call one, with its article.</param>
/// <param name="doc">What it is.</param>
internal sealed class Section<T>(string name, string path, string noun, string doc) : ISection
    where T : ConfigSection, new()
{
    private const int MaxOwners = 4;

    private readonly List<SectionKey<T>> _keys = [];
    private readonly Dictionary<string, string> _otherWords = new(StringComparer.Ordinal);
    private Func<T, Reading, T>? _finish;
    private string? _insteadOfText;

    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public string Path => path;

    /// <inheritdoc/>
    public string Noun => noun;

    /// <inheritdoc/>
    public string Doc => doc;

    /// <summary>Its keys, in the order of the reference page.</summary>
    public IReadOnlyList<SectionKey<T>> Keys => _keys;

    /// <inheritdoc/>
    public IReadOnlyList<ISectionKey> KeyList => _keys;

    /// <summary>Adds a key.</summary>
    /// <param name="key">The key as it is written.</param>
    /// <param name="kind">What may be written.</param>
    /// <param name="get">Takes the value out of a section.</param>
    /// <param name="set">Makes a section with the value.</param>
    /// <param name="sentence">What the key does.</param>
    /// <param name="required">Whether it must be written.</param>
    /// <param name="otherwise">The default, where it is not the record's.</param>
    public Section<T> Key<TValue>(
        string key,
        ValueKind<TValue> kind,
        Func<T, TValue> get,
        Func<T, TValue, T> set,
        string sentence,
        bool required = false,
        string? otherwise = null)
    {
        _keys.Add(new TypedKey<T, TValue>
        {
            Name = key,
            Doc = sentence,
            Kind = kind,
            Get = get,
            Set = set,
            IsRequired = required,
            DefaultOverride = otherwise,
        });
        return this;
    }

    /// <summary>Other words for a key that was added, such as other programs have: whoever writes one is told the key. They are no keys
    /// themselves.</summary>
    public Section<T> Meant(string key, params ReadOnlySpan<string> words)
    {
        if (!_keys.Exists(known => known.Name == key))
        {
            throw new ArgumentException($"no key '{key}' was added", nameof(key));
        }

        foreach (string word in words)
        {
            _otherWords.Add(Spelling.Fold(word), key);
        }

        return this;
    }

    /// <summary>What is done with each section after its keys were read: defaults that depend on other keys, checks across keys.</summary>
    public Section<T> Finish(Func<T, Reading, T> finish)
    {
        _finish = finish;
        return this;
    }

    /// <summary>Says what to write where a text stands in the section's place; messages do not repeat the text, which may be a secret.</summary>
    public Section<T> InsteadOfText(string hint)
    {
        _insteadOfText = hint;
        return this;
    }

    /// <summary>Reads a section: keys that are refused keep their defaults, and every one is an error.</summary>
    /// <returns>False where the node is no map.</returns>
    public bool TryRead(YamlNode node, Reading reading, out T section)
    {
        section = new T();
        if (node is not YamlMap map)
        {
            string? hint = _insteadOfText
                ?? (node is YamlScalar { IsNull: true } && !_keys.Exists(key => key.IsRequired) ? "write {} for the defaults" : null);
            return reading.Refuse(node, $"a map with {AllKeys()}", hint, isSecret: _insteadOfText is not null);
        }

        var places = new Dictionary<string, SourcePosition>(StringComparer.Ordinal);
        foreach (var entry in map.Entries)
        {
            if (_keys.Find(key => key.Name == entry.Key) is { } key)
            {
                places.Add(entry.Key, entry.Value.Position);
                section = key.Read(section, entry.Value, reading);
            }
            else
            {
                reading.Add(entry.Position, Unknown(entry.Key));
            }
        }

        foreach (var key in _keys.Where(key => key.IsRequired && !places.ContainsKey(key.Name)))
        {
            reading.Add(map.Position, $"{noun} needs '{key.Name}': {key.ValueKind.Allowed}");
        }

        section = (T)((ConfigSection)section with { Source = new SectionSource(map.Position, places) });
        section = _finish is null ? section : _finish(section, reading);
        return true;
    }

    private string Unknown(string key)
    {
        string? near = _otherWords.GetValueOrDefault(Spelling.Fold(key)) ?? Spelling.Nearest(key, _keys.Select(known => known.Name));
        string meant = near is null ? Below(key) : $"did you mean '{near}'? ";
        return $"unknown key {YamlScalar.Quote(key)} in {noun}: {meant}allowed: {string.Join(", ", _keys.Select(known => known.Name))}";
    }

    // A key that one of the keys here has below it stands a level too high.
    private string Below(string key)
    {
        string[] parents = [.. _keys.Where(parent => parent.ValueKind.Sections.Any(
            section => section.KeyList.Any(known => known.Name == key))).Select(parent => $"'{parent.Name}'")];
        return parents.Length > 0 ? $"it belongs under {string.Join(" or ", parents)}; " : Elsewhere(key);
    }

    // One that few sections have is said where it is; 'name' or 'timeout' are those of many. In a section within an element, such as a
    // 'cookie', a wrong word is hardly a key of another one.
    private string Elsewhere(string key)
    {
        if (!path.EndsWith("NAME", StringComparison.Ordinal) && !path.EndsWith(']'))
        {
            return "";
        }

        string[] owners = [.. RootSection.All.Where(section => section.KeyList.Any(known => known.Name == key)).Select(section => section.Noun).Distinct()];
        return owners.Length is > 0 and <= MaxOwners ? $"it belongs to {string.Join(" or ", owners)}; " : "";
    }

    private string AllKeys() =>
        _keys.Count == 1 ? $"the key {_keys[0].Name}" : $"the keys {string.Join(", ", _keys.Select(key => key.Name))}";
}
