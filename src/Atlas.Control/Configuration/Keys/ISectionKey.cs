namespace Atlas.Control.Configuration.Keys;

/// <summary>A key of a section, as the schema and the reference page see it.</summary>
internal interface ISectionKey
{
    /// <summary>The key as it is written.</summary>
    string Name { get; }

    /// <summary>What it does, in a sentence.</summary>
    string Doc { get; }

    /// <summary>Whether it must be written.</summary>
    bool IsRequired { get; }

    /// <summary>What holds where it is not written; null where it must be.</summary>
    string? DefaultText { get; }

    /// <summary>What may be written for it.</summary>
    IValueKind ValueKind { get; }
}
