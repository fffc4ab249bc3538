namespace Atlas.Core.Configuration;

/// <summary>
/// A section of the configuration: immutable, equal to another one that says the same. Units are last in the properties'
/// names, and null stands for <c>none</c> or for a section that is not there. The defaults are the properties' initial
/// values.
/// </summary>
public abstract record ConfigSection
{
    /// <summary>Where the section and its keys were written; no part of equality.</summary>
    public SectionSource Source { get; init; } = SectionSource.None;

    /// <summary>Where the section was written, for messages about it.</summary>
    public SourcePosition Position => Source.Position;
}
