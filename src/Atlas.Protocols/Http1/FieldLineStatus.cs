namespace Atlas.Protocols.Http1;

/// <summary>What <see cref="FieldLineReader"/> found.</summary>
internal enum FieldLineStatus : byte
{
    /// <summary>The line is not complete yet.</summary>
    NeedMore,

    /// <summary>A field.</summary>
    Field,

    /// <summary>A line that continues the one before it; responses only.</summary>
    Fold,

    /// <summary>The empty line that ends the section.</summary>
    End,

    /// <summary>A line that is refused.</summary>
    Error,
}
