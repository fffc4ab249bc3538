using Atlas.Protocols.Http;

namespace Atlas.Protocols.Http1;

/// <summary>
/// A parsed and checked response head. Its slices lie in the buffer given to <see cref="ResponseParser.Parse"/>. It is
/// complete only after the parser said <see cref="ParseStatus.Done"/>, and is meant to be reused.
/// </summary>
public sealed class ResponseHead
{
    /// <summary>The status code, 100 to 599.</summary>
    public int Status { get; internal set; }

    /// <summary>The reason phrase, as it came; may be empty.</summary>
    public Slice Reason { get; internal set; }

    /// <summary>The version in the status line.</summary>
    public HttpVersion Version { get; internal set; }

    /// <summary>All fields, as they came.</summary>
    public HeaderTable Headers { get; } = new();

    /// <summary>How the content ends.</summary>
    public BodyFraming Framing { get; internal set; }

    /// <summary>
    /// The Content-Length; -1 if absent. It may be set though <see cref="Framing"/> is none: on HEAD and 304 it tells the
    /// length that a GET would have had.
    /// </summary>
    public long ContentLength { get; internal set; } = -1;

    /// <summary>
    /// Whether the server keeps the connection open (RFC 9112 9.3) and the content ends without closing it.
    /// </summary>
    public bool KeepAlive { get; internal set; }

    /// <summary>
    /// Whether Connection names fields, so that some of them may be marked <see cref="FieldFlags.Nominated"/>.
    /// </summary>
    public bool HasConnectionTokens { get; internal set; }

    /// <summary>Whether this is an interim response (1xx other than 101), so that another head follows.</summary>
    public bool IsInterim => Status is >= 100 and < 200 and not 101;

    /// <summary>Bytes of the head from the start of the buffer, with the final empty line.</summary>
    public int Length { get; internal set; }

    /// <summary>Forgets everything; keeps the memory.</summary>
    public void Reset()
    {
        Status = 0;
        Reason = default;
        Version = HttpVersion.Http10;
        Headers.Clear();
        Framing = BodyFraming.None;
        ContentLength = -1;
        KeepAlive = false;
        HasConnectionTokens = false;
        Length = 0;
    }
}
