namespace Atlas.Core.Configuration;

/// <summary>Changes to headers: first those to remove, then those to set, then those to add.</summary>
public sealed record HeaderRulesConfig : ConfigSection
{
    /// <summary>Headers that replace those of the same name.</summary>
    public ValueList<HeaderSetting> Set { get; init; } = [];

    /// <summary>Headers that come beside those of the same name.</summary>
    public ValueList<HeaderSetting> Add { get; init; } = [];

    /// <summary>The names of headers that are taken away.</summary>
    public ValueList<string> Remove { get; init; } = [];

    /// <summary>Whether nothing is changed.</summary>
    public bool IsEmpty => Set.Count == 0 && Add.Count == 0 && Remove.Count == 0;
}
