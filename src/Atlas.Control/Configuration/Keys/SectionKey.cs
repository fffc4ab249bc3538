using Atlas.Control.Configuration.Yaml;
using Atlas.Core.Configuration;

namespace Atlas.Control.Configuration.Keys;

/// <summary>A key of a section, whatever its value is.</summary>
/// <typeparam name="TSection">The section's record.</typeparam>
internal abstract class SectionKey<TSection> : ISectionKey
    where TSection : ConfigSection, new()
{
    /// <inheritdoc/>
    public required string Name { get; init; }

    /// <inheritdoc/>
    public required string Doc { get; init; }

    /// <inheritdoc/>
    public required bool IsRequired { get; init; }

    /// <inheritdoc/>
    public abstract string? DefaultText { get; }

    /// <inheritdoc/>
    public abstract IValueKind ValueKind { get; }

    /// <summary>The section with this key's value; unchanged, and with an error, where the value is refused.</summary>
    public abstract TSection Read(TSection section, YamlNode node, Reading reading);

    /// <summary>Whether both sections have the same value for this key.</summary>
    public abstract bool IsSame(TSection left, TSection right);
}
