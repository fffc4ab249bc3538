namespace Atlas.Control.Configuration.Keys;

/// <summary>A map of the configuration with keys of its own, as the schema and the reference page see it.</summary>
internal interface ISection
{
    /// <summary>Its name in the schema, unique among all sections.</summary>
    string Name { get; }

    /// <summary>What messages call one, with its article.</summary>
    string Noun { get; }

    /// <summary>Where it stands, as in <c>pools.NAME.retry</c>.</summary>
    string Path { get; }

    /// <summary>One or two sentences on what it is.</summary>
    string Doc { get; }

    /// <summary>Its keys, in the order of the reference page.</summary>
    IReadOnlyList<ISectionKey> KeyList { get; }
}
