namespace Atlas.Protocols.Http;

/// <summary>What the parser noticed about a field and a proxy must know before it forwards it.</summary>
[Flags]
public enum FieldFlags : byte
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Named by <c>Connection</c>, meant for this hop only (RFC 9110 7.6.1). Never set on a protected field.</summary>
    Nominated = 1,

    /// <summary>
    /// The name holds <c>_</c>. CGI-like servers read it as <c>-</c>, so such a field can pose as another one.
    /// </summary>
    HasUnderscore = 2,

    /// <summary>Found in a trailer section though its meaning is needed before the content (RFC 9110 6.5.1): drop it.</summary>
    ForbiddenInTrailer = 4,
}
