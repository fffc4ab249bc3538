using Atlas.Core.Balancing;
using Atlas.Engine.Buffers;
using Atlas.Engine.Flows;
using Atlas.Engine.Streams;
using Atlas.Engine.Timers;
using Atlas.Protocols.Http1;
using Atlas.Proxy.Errors;
using Atlas.Proxy.Http;
using Atlas.Proxy.Metrics;
using Atlas.Proxy.Snapshots;
using Atlas.Proxy.Upstream;

namespace Atlas.Proxy.Mirroring;

/// <summary>The copy of one request: gathered beside its original, then sent to a server of the mirror's pool by a flow of its
/// own, whose response is read and thrown away. Pooled by <see cref="Mirrors"/>.</summary>
internal sealed class MirrorRequest(WorkerContext context, Mirrors owner) : ITimerTarget
{
    /// <summary>A longer body is not copied, its chunks' framing included.</summary>
    internal const int MaxBodyBytes = 64 * 1024;

    // Leaves room in a small buffer for what the proxy adds.
    private const int MaxSmallHead = BufferPool.SmallLength / 2;

    // From connecting to the end of the response. A response that needs longer is of no use to anybody.
    private const int MaxMs = 60_000;

    private readonly MirrorResponse _response = new();
    private readonly TransferPace _pace = new();
    private LoopTimer? _timer;
    private NativeBuffer? _buffer;
    private ProxyOrigin? _origin;

    // What goes before the head on a new connection, and then the end of the head.
    private int _openingLength;
    private int _headLength;
    private int _length;
    private bool _isTooLong;
    private PoolSnapshot _pool = null!;
    private RouteCounters? _counters;
    private HttpMethod _method;
    private bool _mayFollow;
    private UpstreamConnection? _connection;
    private bool _isExpired;

    /// <summary>The response took too long.</summary>
    public void OnTimer(LoopTimer timer)
    {
        _isExpired = true;
        _connection?.Stream.CancelWaits();
    }

    /// <summary>Whether a request can be copied: its body is not known to be too long, and it does not become a tunnel.</summary>
    internal static bool Suits(RequestHead head) => head.ContentLength <= MaxBodyBytes && !head.UpgradeRequested;

    /// <summary>Writes the head, and before it the header that a new connection opens with.</summary>
    /// <returns>False for want of memory.</returns>
    internal bool TryBegin(PoolSnapshot pool, RouteCounters? counters, Exchange x, ProxyOrigin? origin)
    {
        _pool = pool;
        _origin = origin;
        _counters = counters;
        _method = x.Request.Method;
        _isTooLong = false;

        // As for the original: what a server makes of a repaired request is not known.
        _mayFollow = x.Request.Repair == RequestRepairs.None && !ConnectionAuthentication.IsAsked(x.HeadBytes, x.Request);
        bool isSmall = x.Request.Framing == BodyFraming.None && x.Request.Length <= MaxSmallHead;
        BufferSize size = isSmall ? BufferSize.Small : BufferSize.Large;
        _buffer = context.Loop.Buffers.TryRent(size);
        _openingLength = _buffer is null || origin is null || pool.Tls is not null ? 0 : origin.WriteHeader(pool.SendProxyProtocol, _buffer.Span);
        int head = _buffer is null ? -1 : x.Relay.WriteHead(_buffer.Span[_openingLength..], isCopy: true);
        _headLength = head < 0 ? -1 : _openingLength + head;
        _length = _headLength;
        if (_headLength < 0 || _buffer!.Length - _headLength < (isSmall ? 0 : MaxBodyBytes))
        {
            Release();
            return false;
        }

        return true;
    }

    /// <summary>Forgets what came of the body: the original is sent again.</summary>
    internal void Rewind() => _length = _headLength;

    /// <summary>Adds a part of the body as its server gets it.</summary>
    internal void Append(ReadOnlySpan<byte> bytes)
    {
        _isTooLong |= bytes.Length > MaxBodyBytes - (_length - _headLength);
        if (!_isTooLong)
        {
            bytes.CopyTo(_buffer!.Span[_length..]);
            _length += bytes.Length;
        }
    }

    /// <summary>The original has ended.</summary>
    /// <param name="isWhole">Whether all of its body came.</param>
    internal void OriginalEnded(bool isWhole)
    {
        if (isWhole && !_isTooLong)
        {
            Send();
        }
        else
        {
            End(MirrorResult.Unsuited);
        }
    }

    /// <summary>Sends what was gathered, which is whole.</summary>
    internal void Send() => RunAsync().Detach();

    private async Flow RunAsync()
    {
        ServerState? server = Pick();
        if (server is null)
        {
            End(MirrorResult.Failed);
            return;
        }

        _isExpired = false;
        _timer ??= new LoopTimer(context.Loop.Timers, this);
        _timer.Set(context.Loop.NowMs + Math.Min(MaxMs, _pool.ResponseMs));
        ServerConnections connections = context.To(server);
        connections.Counters.AttemptBegan(AttemptKind.First);
        long beganUs = context.Loop.NowUs;
        ProxyError error = await TryAsync(server, connections);
        connections.Counters.AttemptEnded(
            error == ProxyError.None ? _response.Status : 0, error, error == ProxyError.None ? _response.HeadUs - beganUs : -1);
        _pool.End(server, context.Loop);
        _timer.Clear();
        End(error == ProxyError.None ? MirrorResult.Answered : MirrorResult.Failed);
    }

    /// <summary>A server with room; null also while requests wait for one: a copy is ahead of none.</summary>
    private ServerState? Pick() => _pool.Queue.IsEmpty
        ? _pool.TryBegin(new PickRequest { Random = context.RandomBits(), NowUs = context.Loop.NowUs }, out _)
        : null;

    private async ResultFlow<ProxyError> TryAsync(ServerState server, ServerConnections connections)
    {
        // Nothing is tried again, so the connection must not be one that the server is about to close.
        _connection = connections.TakeIdle(context.Loop.NowMs, mayRepeat: false, _origin, _pool.Tls?.Context);
        int start = _connection is null ? 0 : _openingLength;
        if (_connection is null)
        {
            Dialed dialed = await ServerDialer.DialAsync(context.Loop, server, _pool, _origin, context.Loop.NowMs + _pool.ConnectMs);
            if (dialed.Stream is null)
            {
                return dialed.Error;
            }

            connections.Counters.Connected();
            _connection = new UpstreamConnection(connections, dialed.Stream, _origin, _pool.Tls?.Context);
        }

        ProxyError error = _isExpired ? ProxyError.UpstreamTimeout : await ExchangeAsync(_connection.Stream, start);
        _connection.Stream.ResetCancel();
        if (error == ProxyError.None && _mayFollow && _response.KeepsConnection && !_connection.Stream.IsPeerClosed)
        {
            connections.GiveBack(_connection, _pool, context.Loop.NowMs, _response.IdleMs);
        }
        else
        {
            _connection.Abort();
        }

        _connection = null;
        return error;
    }

    private async ResultFlow<ProxyError> ExchangeAsync(ByteStream server, int start)
    {
        _pace.Begin(context.Loop.NowMs, int.MaxValue, bytesPerSecond: 0);
        if (!await StreamWrites.SendAsync(server, _pace, _buffer!, start, _length - start))
        {
            return _isExpired ? ProxyError.UpstreamTimeout : ProxyError.UpstreamReset;
        }

        ProxyError error = await _response.ReadAsync(server, _buffer!, _method);
        return error != ProxyError.None && _isExpired ? ProxyError.UpstreamTimeout : error;
    }

    private void End(MirrorResult result)
    {
        _counters?.Mirrored(result);
        Release();
        owner.Return(this);
    }

    private void Release()
    {
        _buffer?.Return();
        _buffer = null;
    }
}
