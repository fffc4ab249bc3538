using System.Diagnostics.CodeAnalysis;
using Atlas.Engine.Flows;
using Atlas.Engine.Streams;
using Atlas.Engine.Tls;
using Atlas.Protocols.Http2;
using Atlas.Proxy.Errors;
using Atlas.Proxy.Snapshots;
using Atlas.Proxy.Upstream;

namespace Atlas.Proxy.Http2;

/// <summary>
/// One connection to a server that speaks HTTP/2, from its preface to close. Requests are its streams.
/// <code>
///   opening   until the server's SETTINGS came: no request is sent before, so that whatever goes wrong, none is lost
///   open      requests begin, as many at a time as the pool and the server allow
///   leaving   those under way go on, and no others begin: the server said so (GOAWAY), or the connection is old or suspect
///   over      nothing is sent any more
/// </code>
/// </summary>
internal sealed class Http2Upstream : Http2Channel
{
    // News of a connection comes with the events of each turn; after a while of silence one look at the socket itself is worth its
    // system call, as for connections of HTTP/1.1.
    private const int PeekAfterMs = 500;

    private readonly Http2Connections _owner;
    private readonly Stack<Http2Request> _free = new();
    private readonly long _bornMs;
    private readonly long _openByMs;

    // What its handshake went by; null: it is in plain text.
    private readonly TlsClientContext? _security;
    private PoolSnapshot _pool;
    private long _idleSinceMs;
    private long _receivedAtMs;
    private int _requests;
    private bool _isLeaving;
    private bool _hasAnswered;

    /// <summary>Takes a connection that was just made.</summary>
    /// <param name="owner">Whose it is.</param>
    /// <param name="transport">The connection.</param>
    /// <param name="memory">What the worker's connections to servers share.</param>
    /// <param name="pool">What it was made for.</param>
    /// <param name="openByMs">The loop's time until which the server's SETTINGS are awaited.</param>
    internal Http2Upstream(Http2Connections owner, ByteStream transport, Http2Memory memory, PoolSnapshot pool, long openByMs)
        : base(transport, Http2Role.Client, memory, isTls: pool.Tls is not null)
    {
        _owner = owner;
        _pool = pool;
        _bornMs = Loop.NowMs;
        _idleSinceMs = Loop.NowMs;
        _openByMs = openByMs;
        _security = pool.Tls?.Context;
    }

    /// <summary>Whether the server's SETTINGS came.</summary>
    internal bool IsOpen { get; private set; }

    /// <summary>Requests that hold a stream of it.</summary>
    internal int Busy { get; private set; }

    /// <summary>Whether it is open for requests and has none.</summary>
    internal bool IsIdle => IsOpen && Busy == 0 && !_isLeaving && !IsBroken;

    /// <summary>Why it has ended before it was open.</summary>
    internal ProxyError OpeningError { get; private set; } = ProxyError.UpstreamReset;

    /// <summary>More of it; empty where the error says it all.</summary>
    internal string OpeningDetail { get; private set; } = "";

    internal override int StallMs => _pool.ResponseMs;

    private bool IsOld => IsPast(_bornMs, _pool.MaxAgeMs) || (_pool.RequestsPerConnection > 0 && _requests >= _pool.RequestsPerConnection);

    /// <summary>Begins a request.</summary>
    /// <param name="pool">The pool as it is now.</param>
    /// <param name="request">The request's stream, which ends with <see cref="Http2Request.End"/>.</param>
    /// <returns>False: it takes no further requests, or none now.</returns>
    internal bool TryBegin(PoolSnapshot pool, [NotNullWhen(true)] out Http2Request? request)
    {
        request = null;
        _pool = pool;
        if (!IsOpen || _isLeaving || IsBroken || Busy >= pool.MaxStreams)
        {
            return false;
        }

        if (IsOld || _security != pool.Tls?.Context)
        {
            Leave();
            return false;
        }

        if (Transport.IsPeerClosed || (Busy == 0 && IsPast(_idleSinceMs, PeekAfterMs) && Transport.Peek() is not (> 0 or ByteStream.WouldBlock)))
        {
            Break();
            return false;
        }

        if (!Frames.TryOpen(out Http2Stream? frames))
        {
            _owner.IsFull(Frames.StreamCount);
            return false;
        }

        if (Busy == 0)
        {
            _owner.IdleChanged(-1);
        }

        request = _free.TryPop(out Http2Request? free) ? free : new Http2Request(this, _owner.Owner);
        request.Begin(frames, isReused: Busy == 0 && _hasAnswered);
        Busy++;
        _requests++;
        return true;
    }

    /// <summary>A request has ended.</summary>
    internal void Ended(Http2Request request)
    {
        _free.Push(request);
        Busy--;
        _idleSinceMs = Loop.NowMs;
        if (Busy == 0)
        {
            _owner.IdleChanged(1);
            if (_isLeaving)
            {
                Transport.CancelWaits();
            }
            else if (IsOld || _pool.IdleMs <= 0 || _owner.CountIdle() > _pool.IdlePerServer)
            {
                Leave();
            }
        }

        _owner.HasRoom();
    }

    /// <summary>Takes no further requests, and closes after those under way.</summary>
    internal void Leave()
    {
        if (!_isLeaving)
        {
            _isLeaving = true;
            GoAway(Http2ErrorCode.NoError);
            if (Busy == 0)
            {
                Transport.CancelWaits();
            }
        }
    }

    /// <summary>A request found the server silent for as long as a response may take. If nothing at all came for half of that, the
    /// connection may lead nowhere, and no further requests are to be lost on it.</summary>
    internal void Suspect()
    {
        if (IsPast(_receivedAtMs, _pool.ResponseMs / 2))
        {
            Leave();
        }
    }

    /// <summary>Serves the connection to its end.</summary>
    internal async Flow RunAsync()
    {
        await ReadAsync(buffer: null, 0);
        if (Frames.Error != Http2Error.None)
        {
            OpeningError = ProxyError.UpstreamProtocol;
            OpeningDetail = IsOpen ? "" : $"no HTTP/2: {Frames.Error.Text()}";
        }

        Flush();
        bool isBroken = IsBroken;
        Break();
        Frames.Abort();
        TellNews();
        if (isBroken)
        {
            Transport.Abort();
        }
        else
        {
            Transport.Close();
        }

        if (Busy == 0)
        {
            _owner.IdleChanged(IsOpen ? -1 : 0);
        }

        _owner.Gone(this);
    }

    /// <inheritdoc/>
    public override void OnResponse(Http2Stream stream, ReadOnlySpan<byte> head, bool endStream)
    {
        _hasAnswered = true;
        if (StreamOf(stream) is not { } bytes)
        {
            return;
        }

        Note(bytes);
        if (!bytes.AddHead(head, endStream))
        {
            bytes.Reset();
            Frames.Reset(stream, Http2ErrorCode.InternalError);
        }
    }

    /// <inheritdoc/>
    public override void OnHeadTooLarge(Http2Stream stream, bool endStream)
    {
        if (stream.Owner is Http2Request { Stream: { } bytes } request)
        {
            Note(bytes);
            request.WasReset(Http2ErrorCode.Cancel, Http2Error.Flood);
            bytes.Reset();
            Frames.Reset(stream, Http2ErrorCode.Cancel);
        }
    }

    /// <inheritdoc/>
    public override void OnTrailers(Http2Stream stream, ReadOnlySpan<byte> section)
    {
        if (stream.Owner is Http2Request { Stream: { } bytes } request)
        {
            Note(bytes);
            request.KeepTrailers(section);
            bytes.Add(default, isEnd: true);
        }
    }

    /// <inheritdoc/>
    public override void OnRequest(Http2Stream stream, ReadOnlySpan<byte> head, bool endStream) =>
        throw new InvalidOperationException("a client gets no requests");

    /// <inheritdoc/>
    public override void OnGoAway(int lastStreamId, Http2ErrorCode code) => Leave();

    protected override void WasReset(Http2Stream frames, Http2ErrorCode code, Http2Error reason) =>
        (frames.Owner as Http2Request)?.WasReset(code, reason);

    // While requests are under way it looks from time to time whether that has changed.
    protected override long DeadlineMs()
    {
        if (!IsOpen)
        {
            return _openByMs;
        }

        long deadlineMs = PartialSinceMs == 0 ? long.MaxValue : After(PartialSinceMs, _pool.ResponseMs);
        deadlineMs = Math.Min(deadlineMs, _isLeaving ? long.MaxValue : After(_bornMs, _pool.MaxAgeMs));
        return Math.Min(deadlineMs, After(Busy > 0 ? Loop.NowMs : _idleSinceMs, _pool.IdleMs));
    }

    protected override bool GoesOn(WaitResult wait)
    {
        if (Transport.IsClosed)
        {
            return false;
        }

        Transport.ResetCancel();
        if (!IsOpen)
        {
            bool isLate = Loop.NowMs >= _openByMs;
            OpeningError = isLate ? ProxyError.ConnectTimeout : OpeningError;
            return !isLate;
        }

        if (PartialSinceMs != 0 && IsPast(PartialSinceMs, _pool.ResponseMs))
        {
            GoAway(Http2ErrorCode.EnhanceYourCalm);
            return false;
        }

        if (Busy == 0 && (_isLeaving || IsPast(_idleSinceMs, _pool.IdleMs)))
        {
            GoAway(Http2ErrorCode.NoError);
            return false;
        }

        if (IsOld)
        {
            Leave();
        }

        return true;
    }

    protected override void FramesRead()
    {
        _receivedAtMs = Loop.NowMs;
        if (!IsOpen && Frames.HasPeerSettings && Frames.Error == Http2Error.None)
        {
            IsOpen = true;
            _idleSinceMs = Loop.NowMs;
            _owner.IdleChanged(1);
            _owner.Opened();
        }
        else if (IsOpen)
        {
            // Streams that the server has ended make room before their requests are done with what came.
            _owner.HasRoom();
        }
    }

    private static long After(long sinceMs, int ms) => ms == int.MaxValue ? long.MaxValue : sinceMs + ms;

    private bool IsPast(long sinceMs, int ms) => Loop.NowMs >= After(sinceMs, ms);
}
