using Atlas.Core.Balancing;
using Atlas.Core.Routing;
using Atlas.Engine.Buffers;
using Atlas.Engine.Flows;
using Atlas.Engine.Workers;
using Atlas.Protocols.Http;
using Atlas.Protocols.Http1;
using Atlas.Proxy.Affinity;
using Atlas.Proxy.Errors;
using Atlas.Proxy.Mirroring;
using Atlas.Proxy.Queueing;
using Atlas.Proxy.RateLimiting;
using Atlas.Proxy.Retries;
using Atlas.Proxy.Snapshots;
using Atlas.Proxy.Upstream;
using Atlas.Proxy.UserSessions;

namespace Atlas.Proxy.Http;

/// <summary>The state of one request and its response. Pooled per worker: an idle connection holds none.</summary>
internal sealed class Exchange : IServerSeeker
{
    // What is sent again must be held in memory until the response comes.
    private const int MaxReplayBytes = 64 * 1024;

    internal readonly RequestRelay Relay;
    internal readonly FailedTries Failed = new();
    internal readonly RequestHead Request = new();
    internal readonly ResponseHead Response = new();
    internal readonly HeaderTable Trailers = new(4);
    internal readonly TransferPace ClientReceive = new();
    internal readonly TransferPace ClientSend = new();
    internal readonly TransferPace ServerSend = new();
    internal TrailerParser TrailerParser;
    internal RequestParser RequestParser;
    internal ResponseParser ResponseParser;
    internal ChunkedDecoder RequestChunks;
    internal ChunkedDecoder ResponseChunks;

    /// <summary>Bytes from the client: the head from 0, then what was received past it, up to <see cref="InEnd"/>. Kept to
    /// the end of the exchange, so that the request can be sent again and logged.</summary>
    internal NativeBuffer? In;
    internal int InEnd;

    /// <summary>The first byte in <see cref="In"/> that was not taken yet: body, or the next request.</summary>
    internal int InStart;

    /// <summary>Bytes from the server, as <see cref="In"/>. Null while waiting for the server with nothing at hand.</summary>
    internal NativeBuffer? Up;
    internal int UpStart;
    internal int UpEnd;

    /// <summary>The size that <see cref="Up"/> is rented in.</summary>
    internal BufferSize UpSize;

    internal UpstreamConnection? Connection;
    internal ServerConnections? Connections;

    /// <summary>What was found of the path; not <see cref="PathStatus.Ok"/>: no route was looked for.</summary>
    internal PathStatus PathStatus;

    /// <summary>The condition of a route of which the request has more than is looked at, so that it is refused.</summary>
    internal RouteCondition UndecidedBy;

    /// <summary>The route that takes the request, and its place in the listener; null before one is found, or if none is.</summary>
    internal RouteSnapshot? Route;
    internal int RouteIndex;

    /// <summary>What the client is told of the route's rate limit.</summary>
    internal RateLimitReport Limit;

    /// <summary>The pool that the request goes to; null before one is chosen.</summary>
    internal PoolSnapshot? Pool;
    internal ServerState? Server;

    /// <summary>The hash of what the pool's hashing goes by, if <see cref="HasKey"/>.</summary>
    internal ulong Key;
    internal bool HasKey;

    /// <summary>Whether the request has an id: it is one that goes to a pool, whatever becomes of it there.</summary>
    internal bool HasId;

    /// <summary>The server that the client is bound to, by its place in the pool; -1: none.</summary>
    internal int Bound = -1;

    /// <summary>Whose request it is, where a store knows each client's server.</summary>
    internal StickyClient Sticky;

    /// <summary>Fields that the client neither sends nor sees.</summary>
    internal HiddenFields Hidden = HiddenFields.None;

    /// <summary>The wait for a store that knows the client's server; null: there is none.</summary>
    internal LoopWait? StoreWait;

    /// <summary>The session of the client; null: the pool has none.</summary>
    internal UserSession? Session;

    /// <summary>The mirror's copy, while its body is gathered.</summary>
    internal MirrorRequest? Mirror;

    /// <summary>The place in the pool of the server that has begun the request.</summary>
    internal int ServerIndex;

    /// <summary>The exchange's place in the pool's queue, once it waited.</summary>
    internal QueueWaiter? Waiter;

    /// <summary>How long the server says that it keeps the connection.</summary>
    internal int ServerIdleMs;
    internal int Attempts;

    /// <summary>Where the client's address stands in the head; empty: it is the peer's.</summary>
    internal Slice Client;

    /// <summary>Bytes of a body with a length that the server was not sent yet.</summary>
    internal long BodyLeft;

    /// <summary>Bytes of the request as it came: head, framing, body.</summary>
    internal long RequestWireBytes;
    internal long RequestBodyBytes;
    internal long ResponseBodyBytes;
    internal bool RequestBodyDone;
    internal bool RequestBytesSent;

    /// <summary>Whether the client still sent its body when the server had got the head: how long the server takes is the
    /// client's doing then.</summary>
    internal bool BodyFollows;

    /// <summary>Whether the exchange waits for the client's next bytes: the server owes nothing meanwhile.</summary>
    internal bool AwaitsClient;

    /// <summary>Whether it did so when its route's time was over.</summary>
    internal bool ExpiredByClient;

    /// <summary>Whether the last attempt went over a connection that had served before.</summary>
    internal bool ReusedUpstream;

    /// <summary>Whether the server sent anything in answer, be it an interim response: the request is not sent again
    /// then.</summary>
    internal bool ResponseBytesSeen;
    internal bool ResponseStarted;

    /// <summary>Whether the client was sent anything, be it an interim response.</summary>
    internal bool ClientGotBytes;

    /// <summary>Whether the server of HTTP/2 says that it did nothing with the request (RFC 9113 8.7).</summary>
    internal bool IsRefused;

    /// <summary>Whether a connection could not be made for a reason of this side.</summary>
    internal bool ConnectFailedHere;

    /// <summary>Whether the server's certificate is why its handshake failed.</summary>
    internal bool IsCertificateRefused;

    /// <summary>More of the last error, for the log; empty where the error says it all.</summary>
    internal string Detail = "";

    /// <summary>Whether the client learns the end of the response from the end of the connection only.</summary>
    internal bool ResponseEndIsClose;
    internal bool ClientGone;

    /// <summary>Whether the exchange took longer than its route allows.</summary>
    internal bool IsExpired;
    internal bool KeepClient;
    internal bool ReuseUpstream;
    internal ProxyError Error;
    internal int Status;

    /// <summary>The status of gRPC that the client got; less than 0: none.</summary>
    internal int GrpcStatus = Errors.GrpcStatus.None;

    /// <summary>Microseconds that the request waited in queues; -1: it neither waited nor got a server.</summary>
    internal long QueuedUs = -1;

    /// <summary>The loop's times in microseconds at which the request's first byte came, its head was complete, a server
    /// was connected, and the response's head was complete; 0 for what did not happen.</summary>
    internal long BeganUs;
    internal long HeadUs;
    internal long ConnectedUs;
    internal long ResponseUs;

    private readonly TriedServers _tried = new();

    // Made once it is needed: few pools have sessions.
    private UserSession? _session;
    private byte[] _head = [];

    /// <summary>The bytes that the slices of <see cref="Request"/> lie in.</summary>
    internal ReadOnlySpan<byte> HeadBytes => In is null ? _head : In.Span;

    /// <summary>The servers that failed this request, by their place in the pool.</summary>
    public ReadOnlySpan<int> Tried => _tried.Indexes;

    internal Exchange() => Relay = new RequestRelay(this);

    /// <summary>Whether the whole body stands in <see cref="In"/> behind the head, so that it can be sent again.</summary>
    internal bool HasWholeBody => Request.Framing == BodyFraming.None
        || (Request.Framing == BodyFraming.Length
            && Request.ContentLength <= Math.Min(InEnd - Request.Length, MaxReplayBytes));

    /// <summary>Whether what came of the body is still at hand, so that the request can be sent again while nothing was done with
    /// it.</summary>
    internal bool HasBodyYet => HasWholeBody
        || (ClientReceive.Bytes == 0 && (Request.Framing == BodyFraming.Length || InStart == Request.Length));

    /// <summary>Whether no server did anything with the request, so that it may be sent again, whatever it is.</summary>
    internal bool IsUntouched => !RequestBytesSent || (IsRefused && HasBodyYet);

    /// <summary>Whether the request may reach servers twice (RFC 9110 9.2.2), and can be sent again.</summary>
    internal bool CanRepeat => Request.Method.IsIdempotent() && HasWholeBody;

    /// <summary>Begins with the client's session.</summary>
    /// <returns>None, or why the request cannot go on.</returns>
    internal ResultFlow<ProxyError> LoadSessionAsync(WorkerContext context, SessionSnapshot session)
    {
        Session = _session ??= new UserSession();
        return Session.LoadAsync(context, this, session);
    }

    /// <summary>Takes a body that came whole, for a request that is answered without it.</summary>
    internal void TakeWholeBody()
    {
        if (HasWholeBody && !RequestBodyDone)
        {
            RequestBodyBytes = Request.ContentLength;
            InStart += (int)Request.ContentLength;
            RequestWireBytes += Request.ContentLength;
            RequestBodyDone = true;
        }
    }

    /// <summary>Once the route's time is over, an error of any kind comes of that.</summary>
    internal void SettleExpiry()
    {
        if (IsExpired && Error != ProxyError.None)
        {
            Error = ExpiredByClient ? ProxyError.ClientSlow : ProxyError.UpstreamTimeout;
        }
    }

    /// <summary>Leaves a server out of the further tries. False when no more tries are possible.</summary>
    internal bool TryExclude(int index) => _tried.TryAdd(index);

    PoolSnapshot? IServerSeeker.Pool => Pool;

    /// <summary>What a server is picked for.</summary>
    /// <param name="random">64 random bits.</param>
    /// <param name="nowUs">The loop's time.</param>
    public PickRequest PickFor(ulong random, long nowUs) => new()
    {
        Excluded = Tried,
        Random = random,
        NowUs = nowUs,
        Key = Key,
        HasKey = HasKey,
    };

    /// <summary>Whether the exchange ran out of its route's time in a way that says nothing of the server: the client held it up, or
    /// the time went by before the server got the request.</summary>
    internal bool IsExpiredElsewhere => IsExpired && (ExpiredByClient || Attempts > 1 || QueuedUs > 0);

    /// <summary>The server that the client is bound to, while it takes its clients and did not fail this request; -1:
    /// none.</summary>
    internal int BoundServer =>
        Bound >= 0 && !Tried.Contains(Bound) && PoolAffinity.Keeps(Pool!.Servers[Bound].Balancing) ? Bound : -1;

    /// <summary>Goes on with another snapshot of its pool. O(servers).</summary>
    public void MoveTo(PoolSnapshot pool)
    {
        _tried.Move(Pool!, pool);
        Bound = Bound < 0 ? -1 : pool.IndexOf(Pool!.Servers[Bound]);
        Pool = pool;
    }

    internal void Reset()
    {
        Request.Reset();
        RequestParser.Reset();
        InStart = 0;
        InEnd = 0;
        Attempts = 0;
        QueuedUs = -1;
        _tried.Clear();
        PathStatus = PathStatus.Ok;
        UndecidedBy = RouteCondition.None;
        Route = null;
        Limit = default;
        Pool = null;
        HasKey = false;
        HasId = false;
        Bound = -1;
        Sticky = default;
        Hidden = HiddenFields.None;
        Session?.Release();
        Session = null;
        Client = default;
        RequestWireBytes = 0;
        RequestBodyBytes = 0;
        ReusedUpstream = false;
        ResponseBodyBytes = 0;
        ResponseEndIsClose = false;
        ClientGone = false;
        IsExpired = false;
        ExpiredByClient = false;
        KeepClient = false;
        Error = ProxyError.None;
        Status = 0;
        ResponseStarted = false;
        ClientGotBytes = false;
        Failed.Clear();
        Server = null;
        _head = [];
        BeganUs = 0;
        HeadUs = 0;
        ResetAttempt();
    }

    /// <summary>Makes the exchange ready to send its request, at first or again. Only while the body's first byte is still
    /// at hand.</summary>
    internal void ResetAttempt()
    {
        Response.Reset();
        ResponseParser.Reset();
        ResponseChunks.Reset();
        RequestChunks.Reset();
        TrailerParser.Reset();
        Trailers.Clear();
        UpStart = 0;
        UpEnd = 0;
        UpSize = BufferSize.Small;
        InStart = Request.Length;
        BodyLeft = Math.Max(Request.ContentLength, 0);
        RequestBodyDone = Request.Framing == BodyFraming.None;
        RequestBytesSent = false;
        ConnectFailedHere = false;
        IsRefused = false;
        IsCertificateRefused = false;
        Detail = "";
        ResponseBytesSeen = false;
        GrpcStatus = Errors.GrpcStatus.None;
        ReuseUpstream = false;
        ConnectedUs = 0;
        ResponseUs = 0;
    }

    /// <summary>Moves what came from the client to a large buffer. False when it lies in one already, or there is
    /// none.</summary>
    internal bool TryGrowIn(BufferPool buffers)
    {
        NativeBuffer? larger = In!.Size == BufferSize.Small ? buffers.TryRent(BufferSize.Large) : null;
        if (larger is null)
        {
            return false;
        }

        In.Span[..InEnd].CopyTo(larger.Span);
        In.Return();
        In = larger;
        return true;
    }

    /// <summary>Gives <see cref="In"/> back and keeps the head for the log: a tunnel may idle for long.</summary>
    internal void ReturnIn()
    {
        _head = In!.Span[..Request.Length].ToArray();
        In.Return();
        In = null;
    }

    internal bool TryRentUp(BufferPool buffers) => (Up ??= buffers.TryRent(UpSize)) is not null;

    internal void ReturnUp()
    {
        Up?.Return();
        Up = null;
    }
}
