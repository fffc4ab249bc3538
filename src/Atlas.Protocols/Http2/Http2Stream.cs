namespace Atlas.Protocols.Http2;

/// <summary>
/// A stream of a connection: a request and its response. It is the connection's and used again for another stream after
/// <see cref="IHttp2Handler.OnStreamClosed"/>: from then on nobody else may hold it.
/// </summary>
public sealed class Http2Stream
{
    /// <summary>Urgency where none is told (RFC 9218 4.1).</summary>
    public const int DefaultUrgency = 3;

    internal Http2Stream()
    {
    }

    /// <summary>Its number; 0 while it is idle.</summary>
    public int Id { get; internal set; }

    /// <summary>Whose it is: anything that the connection's user wants to find again. Null when the stream begins.</summary>
    public object? Owner { get; set; }

    /// <summary>Where it is in its life.</summary>
    public Http2StreamState State =>
        IsClosed ? Http2StreamState.Closed
        : Id == 0 ? Http2StreamState.Idle
        : LocalEnded ? Http2StreamState.HalfClosedLocal
        : RemoteEnded ? Http2StreamState.HalfClosedRemote
        : Http2StreamState.Open;

    /// <summary>Whether it has ended, so that nothing can be written and nothing comes.</summary>
    public bool IsClosed { get; internal set; }

    /// <summary>
    /// Whether it is a tunnel by extended CONNECT (RFC 8441). To a server one is asked for by setting this before the head is
    /// written, if <see cref="Http2Connection.PeerTakesConnect"/>.
    /// </summary>
    public bool IsTunnel { get; set; }

    /// <summary>Whether its end in order makes good for a stream that the peer resets (<see cref="Http2Limits.ResetCredit"/>; server only).
    /// The user sets it once a request was worth its work: what is answered for nothing does not pay for what is not.</summary>
    public bool IsServed { get; set; }

    /// <summary>How urgent the peer says it is, 0 (most) to 7 (RFC 9218 4.1).</summary>
    public int Urgency { get; internal set; } = DefaultUrgency;

    /// <summary>Whether the peer can use parts of the response before the whole (RFC 9218 4.2).</summary>
    public bool IsIncremental { get; internal set; }

    /// <summary>Bytes of content that the peer's window for this stream allows; below 0 after it was made smaller.</summary>
    public int SendWindow { get; internal set; }

    /// <summary>Whether content was held back by a window; <see cref="IHttp2Handler.OnSendWindow"/> will come.</summary>
    public bool IsBlocked { get; internal set; }

    /// <summary>Bytes of content that the peer may still send.</summary>
    internal int ReceiveWindow { get; set; }

    /// <summary>Bytes that came or are to come in the frame at hand, and were not given back to the connection's window.</summary>
    internal int Outstanding { get; set; }

    /// <summary>Bytes that were consumed and not yet given back to the stream's window.</summary>
    internal int Consumed { get; set; }

    /// <summary>Bytes of content that have to come, or -1 if that is not known.</summary>
    internal long ContentLeft { get; set; }

    /// <summary>Whether the request is HEAD, so that the response has no content; known to the client only.</summary>
    internal bool IsHeadRequest { get; set; }

    /// <summary>Whether the peer's head came, that of a final response.</summary>
    internal bool HeadReceived { get; set; }

    /// <summary>Whether a head was written, that of a final response.</summary>
    internal bool HeadSent { get; set; }

    /// <summary>Whether the peer sends nothing more.</summary>
    internal bool RemoteEnded { get; set; }

    /// <summary>Whether nothing more is sent.</summary>
    internal bool LocalEnded { get; set; }

    /// <summary>Whether its window opened and it was not told so yet.</summary>
    internal bool IsReady { get; set; }

    /// <summary>Where it is in the connection's table.</summary>
    internal int Index { get; set; }

    /// <summary>The next of the streams that ended and are to be used again.</summary>
    internal Http2Stream? NextFree { get; set; }

    /// <summary>Begins a stream.</summary>
    internal void Begin(int id, int sendWindow, int receiveWindow)
    {
        Id = id;
        Owner = null;
        IsClosed = false;
        IsTunnel = false;
        IsServed = false;
        Urgency = DefaultUrgency;
        IsIncremental = false;
        SendWindow = sendWindow;
        IsBlocked = false;
        ReceiveWindow = receiveWindow;
        Outstanding = 0;
        Consumed = 0;
        ContentLeft = -1;
        IsHeadRequest = false;
        HeadReceived = false;
        HeadSent = false;
        RemoteEnded = false;
        LocalEnded = false;
        IsReady = false;
    }
}
