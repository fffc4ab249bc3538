using Atlas.Engine.Buffers;
using Atlas.Protocols.Http;
using Atlas.Protocols.Http1;
using Atlas.Proxy.Errors;
using Atlas.Proxy.Snapshots;
using Atlas.Proxy.Upstream;

namespace Atlas.Proxy.Http;

/// <summary>The state of one request and its response. Pooled per worker: an idle connection holds none.</summary>
internal sealed class Exchange
{
    internal readonly RequestRelay Relay;
    internal readonly RequestHead Request = new();
    internal readonly ResponseHead Response = new();
    internal readonly HeaderTable Trailers = new(4);
    internal TrailerParser TrailerParser;
    internal RequestParser RequestParser;
    internal ResponseParser ResponseParser;
    internal ChunkedDecoder RequestChunks;
    internal ChunkedDecoder ResponseChunks;

    /// <summary>Bytes from the client: the head from 0, then what was received past it, up to <see cref="InEnd"/>.</summary>
    internal NativeBuffer? In;
    internal int InEnd;

    /// <summary>The first byte in <see cref="In"/> that was not taken yet: body, or the next request.</summary>
    internal int InStart;

    /// <summary>Bytes from the server, as <see cref="In"/>.</summary>
    internal NativeBuffer? Up;
    internal int UpStart;
    internal int UpEnd;

    /// <summary>Heads and re-framed bodies on their way out.</summary>
    internal NativeBuffer? Out;

    internal UpstreamConnection? Connection;
    internal ServerConnections? Connections;
    internal ServerState? Server;
    internal ulong Tried;
    internal long BodyLeft;
    internal long RequestBodyBytes;
    internal bool RequestBodyDone;
    internal bool RequestBytesSent;
    internal bool ResponseStarted;
    internal bool ClientGone;
    internal bool KeepClient;
    internal bool ReuseUpstream;
    internal ProxyError Error;
    internal int Status;

    internal Exchange() => Relay = new RequestRelay(this);

    internal void Reset()
    {
        Request.Reset();
        RequestParser.Reset();
        RequestChunks.Reset();
        InStart = 0;
        InEnd = 0;
        Tried = 0;
        BodyLeft = 0;
        RequestBodyBytes = 0;
        RequestBodyDone = false;
        ClientGone = false;
        KeepClient = false;
        Error = ProxyError.None;
        Status = 0;
        ResponseStarted = false;
        Server = null;
        ResetAttempt();
    }

    internal void ResetAttempt()
    {
        Response.Reset();
        ResponseParser.Reset();
        ResponseChunks.Reset();
        TrailerParser.Reset();
        Trailers.Clear();
        UpStart = 0;
        UpEnd = 0;
        RequestBytesSent = false;
        ReuseUpstream = false;
    }
}
