using Atlas.Protocols.Http;

namespace Atlas.Protocols.Http1;

/// <summary>
/// A parsed and checked request head. Its slices lie in the buffer given to <see cref="RequestParser.Parse"/>. It is
/// complete only after the parser said <see cref="ParseStatus.Done"/>, and is meant to be reused for a connection's requests.
/// </summary>
public sealed class RequestHead
{
    /// <summary>The method.</summary>
    public HttpMethod Method { get; internal set; }

    /// <summary>The method's text; a token of 1 to 32 bytes.</summary>
    public Slice MethodName { get; internal set; }

    /// <summary>The whole request target, as it came.</summary>
    public Slice Target { get; internal set; }

    /// <summary>Which of the four forms the target has.</summary>
    public TargetForm Form { get; internal set; }

    /// <summary>
    /// The path, as it came: begins with <c>/</c>, or is <c>*</c> in the asterisk form, or empty in the authority form and in
    /// an absolute form without a path (to be sent on as <c>/</c>, or as <c>*</c> with OPTIONS and without a query).
    /// </summary>
    public Slice Path { get; internal set; }

    /// <summary>The query without the <c>?</c>; empty if absent. See <see cref="HasQuery"/>.</summary>
    public Slice Query { get; internal set; }

    /// <summary>Whether a <c>?</c> stands in the target, even if nothing follows it.</summary>
    public bool HasQuery { get; internal set; }

    /// <summary>
    /// <c>host[:port]</c> from the target if it has one, otherwise from Host. Empty only in HTTP/1.0 without either.
    /// </summary>
    public Slice Authority { get; internal set; }

    /// <summary>The host part of <see cref="Authority"/>; an IPv6 address keeps its brackets.</summary>
    public Slice Host { get; internal set; }

    /// <summary>The port part of <see cref="Authority"/>, 0 to 65535; -1 if absent.</summary>
    public int Port { get; internal set; } = -1;

    /// <summary>Whether the absolute form says <c>https</c>.</summary>
    public bool IsHttpsTarget { get; internal set; }

    /// <summary>The version in the request line.</summary>
    public HttpVersion Version { get; internal set; }

    /// <summary>All fields, as they came.</summary>
    public HeaderTable Headers { get; } = new();

    /// <summary>How the content ends: none, length or chunked.</summary>
    public BodyFraming Framing { get; internal set; }

    /// <summary>The Content-Length; -1 if absent.</summary>
    public long ContentLength { get; internal set; } = -1;

    /// <summary>Whether the client wants to go on using the connection (RFC 9112 9.3); close wins over keep-alive.</summary>
    public bool KeepAlive { get; internal set; }

    /// <summary>Whether the client waits for a 100 response (RFC 9110 10.1.1). Never in HTTP/1.0.</summary>
    public bool ExpectContinue { get; internal set; }

    /// <summary>
    /// Whether Connection names fields, so that some of them may be marked <see cref="FieldFlags.Nominated"/>.
    /// </summary>
    public bool HasConnectionTokens { get; internal set; }

    /// <summary>
    /// Whether the client offers to change the protocol: Connection names <c>upgrade</c>, the version is 1.1 and Upgrade lists
    /// a protocol other than h2c and h2, which Atlas never forwards.
    /// </summary>
    public bool UpgradeRequested { get; internal set; }

    /// <summary>The first such protocol, as in <c>websocket</c>; empty if there is none.</summary>
    public Slice UpgradeProtocol { get; internal set; }

    /// <summary>
    /// What was repaired, one kind at the most. Whoever sent such a head may see its end elsewhere: the connection must not be
    /// used again, neither to the client nor to the server.
    /// </summary>
    public RequestRepairs Repair { get; internal set; }

    /// <summary>Whether TE lists <c>trailers</c>: trailer fields of the response may be sent to this client.</summary>
    public bool TeTrailers { get; internal set; }

    /// <summary>Bytes of the head from the start of the buffer, skipped empty lines and the final one included.</summary>
    public int Length { get; internal set; }

    /// <summary>Forgets everything; keeps the memory.</summary>
    public void Reset()
    {
        Method = HttpMethod.Other;
        MethodName = default;
        Target = default;
        Form = TargetForm.Origin;
        Path = default;
        Query = default;
        HasQuery = false;
        Authority = default;
        Host = default;
        Port = -1;
        IsHttpsTarget = false;
        Version = HttpVersion.Http10;
        Headers.Clear();
        Framing = BodyFraming.None;
        ContentLength = -1;
        KeepAlive = false;
        ExpectContinue = false;
        HasConnectionTokens = false;
        UpgradeRequested = false;
        UpgradeProtocol = default;
        TeTrailers = false;
        Repair = RequestRepairs.None;
        Length = 0;
    }

    /// <summary>Notes a repair; false, and it must be refused, if it is not allowed or is not the only kind.</summary>
    internal bool TryRepair(RequestRepairs kind, RequestRepairs allowed)
    {
        if ((allowed & kind) == RequestRepairs.None || (Repair | kind) != kind)
        {
            return false;
        }

        Repair = kind;
        return true;
    }
}
