namespace Atlas.Protocols.Http1;

/// <summary>
/// Ambiguities of a request head that may be repaired, because there is no doubt about where the message ends once the head is
/// written anew. A head may need one kind at the most: two at once are no accident.
/// </summary>
[Flags]
public enum RequestRepairs : byte
{
    /// <summary>Everything ambiguous is refused.</summary>
    None = 0,

    /// <summary>Transfer-Encoding and one valid Content-Length: the latter is ignored (RFC 9112 6.3).</summary>
    LengthAndChunked = 1,

    /// <summary>Several Content-Length with the same number, as lines or as one list: they count as one (RFC 9110 8.6).</summary>
    EqualLengths = 2,

    /// <summary>
    /// Every line of the head ends with LF alone (RFC 9112 2.2). A head in which only some do is refused: who reads no such
    /// line ends would find other fields in it, or another end.
    /// </summary>
    BareLf = 4,

    /// <summary>Several Host with the same bytes: they count as one (RFC 9112 3.2 asks to refuse them).</summary>
    EqualHosts = 8,

    /// <summary>All of them.</summary>
    All = LengthAndChunked | EqualLengths | BareLf | EqualHosts,
}
