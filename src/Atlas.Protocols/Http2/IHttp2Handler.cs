namespace Atlas.Protocols.Http2;

/// <summary>
/// What a connection tells its user, from within <see cref="Http2Connection.Receive"/> or the call that causes it. All spans
/// are lent until the method returns. It may call everything of the connection except
/// <see cref="Http2Connection.Receive"/>. It must not throw.
/// </summary>
public interface IHttp2Handler
{
    /// <summary>A request began (server only).</summary>
    /// <param name="stream">Its stream; <see cref="Http2Stream.IsTunnel"/> tells an extended CONNECT.</param>
    /// <param name="head">
    /// The head as one of HTTP/1.1, for <see cref="Http1.RequestParser"/>: it may still refuse it. Fields are checked as RFC
    /// 9113 has it.
    /// </param>
    /// <param name="endStream">Whether nothing follows.</param>
    void OnRequest(Http2Stream stream, ReadOnlySpan<byte> head, bool endStream);

    /// <summary>A head of a response came (client only): any number of interim ones, then the final one.</summary>
    /// <param name="stream">Its stream.</param>
    /// <param name="head">The head as one of HTTP/1.1, for <see cref="Http1.ResponseParser"/>.</param>
    /// <param name="endStream">Whether nothing follows.</param>
    void OnResponse(Http2Stream stream, ReadOnlySpan<byte> head, bool endStream);

    /// <summary>
    /// A head is above the limits. It stands for <see cref="OnRequest"/>, to be answered with 431, or for
    /// <see cref="OnResponse"/>.
    /// </summary>
    /// <param name="stream">Its stream.</param>
    /// <param name="endStream">Whether nothing follows.</param>
    void OnHeadTooLarge(Http2Stream stream, bool endStream);

    /// <summary>
    /// Content came. The peer sends no more than the window until <see cref="Http2Connection.Consumed"/> gives it back.
    /// </summary>
    /// <param name="stream">Its stream.</param>
    /// <param name="content">The bytes; empty only if nothing follows.</param>
    /// <param name="endStream">Whether nothing follows.</param>
    void OnData(Http2Stream stream, ReadOnlySpan<byte> content, bool endStream);

    /// <summary>Trailers came, and with them the end.</summary>
    /// <param name="stream">Its stream.</param>
    /// <param name="section">The section as one of HTTP/1.1, for <see cref="Http1.TrailerParser"/>.</param>
    void OnTrailers(Http2Stream stream, ReadOnlySpan<byte> section);

    /// <summary>
    /// The stream ended before its time, and not because the connection's user asked for it.
    /// <see cref="OnStreamClosed"/> follows.
    /// </summary>
    /// <param name="stream">Its stream, closed already.</param>
    /// <param name="code">What the peer said, or was told.</param>
    /// <param name="reason">None if the peer reset it; otherwise what was wrong.</param>
    void OnReset(Http2Stream stream, Http2ErrorCode code, Http2Error reason);

    /// <summary>The stream has ended, in whatever way: the last that is said of it. It must not be held any longer.</summary>
    /// <param name="stream">The stream.</param>
    void OnStreamClosed(Http2Stream stream);

    /// <summary>Content that a window held back may be sent. It comes once for each time that something was held back.</summary>
    /// <param name="stream">The stream.</param>
    void OnSendWindow(Http2Stream stream);

    /// <summary>
    /// The peer takes no further streams. Those above the last one that it names were ended before, with
    /// <see cref="Http2Error.GoneAway"/>.
    /// </summary>
    /// <param name="lastStreamId">The last stream that it looks at.</param>
    /// <param name="code">Why.</param>
    void OnGoAway(int lastStreamId, Http2ErrorCode code);

    /// <summary>A request was refused before it was told (server only): there is no stream, only something to log.</summary>
    /// <param name="streamId">The number of its stream.</param>
    /// <param name="reason">What was wrong.</param>
    void OnRefused(int streamId, Http2Error reason);

    /// <summary>The peer's settings came or changed: how many streams may be opened, whether it takes tunnels.</summary>
    void OnSettings();

    /// <summary>The peer answered a <see cref="Http2Connection.Ping"/>.</summary>
    /// <param name="payload">What was sent with it.</param>
    void OnPong(ulong payload);

    /// <summary>A stream was reset by what the peer did, and fewer of its streams ended in order: whoever makes such resets may do so on
    /// many connections.</summary>
    void OnUnpaidReset()
    {
    }
}
