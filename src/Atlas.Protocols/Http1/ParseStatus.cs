namespace Atlas.Protocols.Http1;

/// <summary>What a call of a parser came to.</summary>
public enum ParseStatus : byte
{
    /// <summary>All is well so far; call again with at least one more byte appended to the same buffer content.</summary>
    NeedMore,

    /// <summary>The head or section is complete and valid.</summary>
    Done,

    /// <summary>It is refused; the parser's Error says why. The connection cannot be read any further.</summary>
    Error,
}
