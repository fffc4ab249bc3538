using Atlas.Control.Configuration.Yaml;
using Atlas.Core.Configuration;

namespace Atlas.Control.Configuration.Keys;

/// <summary>A key of a section with its kind of value and the property that it goes into.</summary>
/// <typeparam name="TSection">The section's record.</typeparam>
/// <typeparam name="TValue">What the value is read into.</typeparam>
internal sealed class TypedKey<TSection, TValue> : SectionKey<TSection>
    where TSection : ConfigSection, new()
{
    /// <summary>What may be written.</summary>
    public required ValueKind<TValue> Kind { get; init; }

    /// <summary>Takes the value out of a section.</summary>
    public required Func<TSection, TValue> Get { get; init; }

    /// <summary>Makes a section with the value.</summary>
    public required Func<TSection, TValue, TSection> Set { get; init; }

    /// <summary>The default where it is not the record's; null: it is.</summary>
    public required string? DefaultOverride { get; init; }

    /// <inheritdoc/>
    public override string? DefaultText => IsRequired ? null : DefaultOverride ?? Kind.Format(Get(new TSection()));

    /// <inheritdoc/>
    public override IValueKind ValueKind => Kind;

    /// <inheritdoc/>
    public override TSection Read(TSection section, YamlNode node, Reading reading) =>
        Kind.TryRead(node, reading.Of(Name), out var value) ? Set(section, value) : section;

    /// <inheritdoc/>
    public override bool IsSame(TSection left, TSection right) => EqualityComparer<TValue>.Default.Equals(Get(left), Get(right));
}
