using Atlas.Engine.Buffers;
using Atlas.Engine.Flows;
using Atlas.Engine.Streams;
using Atlas.Engine.Timers;
using Atlas.Engine.Workers;
using Atlas.Protocols.Resp;

namespace Atlas.Proxy.Stores;

/// <summary>A connection to Redis. Calls are sent one behind the other without waiting for replies, which come in the same order. Replies
/// to calls that nobody waits for any more are passed over. For one worker's thread.</summary>
internal sealed class RedisConnection : ITimerTarget
{
    // A connection that brings piece after piece without waiting lets the others of its worker have their turn.
    private const int PiecesPerTurn = 8;

    // How much is read for the sake of a call whose time is up: 1 MiB.
    private const int PiecesPerLook = 64;

    // How long it is until memory is asked for again, where there is none to read into.
    private const int MemoryPauseMs = 10;

    private static readonly RespLimits Limits = new();

    private readonly RedisNode _node;
    private readonly RedisQueue _inFlight = new();
    private readonly RedisOutput _output;
    private readonly LoopTimer _stale;
    private readonly LoopWait _memory;
    private readonly int _staleMs;
    private readonly int _timeoutMs;
    private RespScanner _scanner = new(Limits);
    private long _lookedMs;

    /// <summary>Makes one; <see cref="ReadAsync"/> must follow.</summary>
    /// <param name="node">Hears of what happens.</param>
    /// <param name="stream">The connection, after the handshake of TLS.</param>
    /// <param name="options">Say how long a call may take, and be without its replies before the connection ends.</param>
    internal RedisConnection(RedisNode node, ByteStream stream, RedisOptions options)
    {
        _node = node;
        _staleMs = options.StaleMs;
        _timeoutMs = options.TimeoutMs;
        Stream = stream;
        _output = new RedisOutput(this);
        _stale = new LoopTimer(stream.Loop.Timers, this);
        _memory = new LoopWait(stream.Loop);
    }

    internal ByteStream Stream { get; }

    /// <summary>Why it ended.</summary>
    internal RedisBreak End { get; private set; }

    /// <summary>Whether it has ended.</summary>
    internal bool IsBroken => End != RedisBreak.None;

    /// <summary>Sends a call, at the end of the turn.</summary>
    /// <param name="call">Written, and not under way.</param>
    /// <param name="isAsking">Whether it is for a slot that a cluster is moving here.</param>
    /// <returns>False: the connection takes no more now, or the call is not whole, so that its replies would be those of others.</returns>
    internal bool TrySend(RedisCall call, bool isAsking = false)
    {
        if (IsBroken || call.IsTooLong || _inFlight.Count + _output.Calls >= RedisQueue.Max || !_output.TryAdd(call, isAsking))
        {
            return false;
        }

        call.BeginSend(this);
        return true;
    }

    /// <summary>A call is being sent: replies will come for it.</summary>
    internal void Written(RedisCall call, int skipped)
    {
        long sentMs = Math.Max(call.SentMs, Stream.Loop.NowMs);
        if (_inFlight.Count == 0)
        {
            _stale.Set(sentMs + _staleMs);
        }

        _inFlight.Add(call, skipped, sentMs);
        call.IsWritten = true;
    }

    /// <summary>There is no memory to send a call.</summary>
    internal void Refuse(RedisCall call)
    {
        call.Connection = null;
        call.Status = RedisStatus.Unavailable;
        _node.Complete(call);
    }

    /// <summary>Nobody waits for a call any more. It is not sent, if it was not yet.</summary>
    internal void Abandon(RedisCall call)
    {
        if (call.IsWritten)
        {
            _inFlight.Abandon(call.Sequence);
        }
        else
        {
            _output.Abandon(call);
        }

        call.Connection = null;
    }

    /// <summary>Takes what has come by now, once per turn: before a call is given up whose answer may be there.</summary>
    internal void Look()
    {
        for (int i = 0; i < PiecesPerLook && !IsBroken && _lookedMs != Stream.Loop.NowMs; i++)
        {
            if (!TryReceive() || !Stream.MayReceive)
            {
                _lookedMs = Stream.Loop.NowMs;
            }
        }
    }

    /// <summary>Ends the connection, and lets the node say what becomes of the calls that are under way.</summary>
    internal void Break(RedisBreak reason)
    {
        if (IsBroken)
        {
            return;
        }

        End = reason;
        _stale.Remove();
        Stream.Abort();
        _output.Drop();
        _node.ConnectionEnded(this);
        while (_inFlight.Count > 0)
        {
            RedisCall? call = _inFlight.Oldest.Call;
            _inFlight.RemoveOldest();
            Lose(call);
        }

        while (_output.Take() is { } call)
        {
            Lose(call);
        }
    }

    void ITimerTarget.OnTimer(LoopTimer timer)
    {
        Look();
        if (_inFlight.Count == 0)
        {
            return;
        }

        long dueMs = _inFlight.Oldest.SentMs + _staleMs;
        if (dueMs <= Stream.Loop.NowMs)
        {
            Break(RedisBreak.Silent);
        }
        else
        {
            _stale.Set(dueMs);
        }
    }

    /// <summary>Takes replies until the connection ends.</summary>
    internal async Flow ReadAsync()
    {
        int pieces = 0;
        while (!IsBroken)
        {
            if (Stream.MayReceive && ++pieces % PiecesPerTurn == 0)
            {
                await Stream.Loop.YieldAsync();
            }

            WaitResult wait = await Stream.ReceiveReadyAsync();
            if (wait != WaitResult.Ready || IsBroken)
            {
                Break(RedisBreak.Lost);
                return;
            }

            if (!TryReceive())
            {
                await _memory.Begin(Stream.Loop.NowMs + MemoryPauseMs);
            }
        }
    }

    // False: there is no memory to read into now, and what came stays where it is.
    private bool TryReceive()
    {
        NativeBuffer? buffer = Stream.Loop.Buffers.TryRent(BufferSize.Small);
        if (buffer is null)
        {
            return false;
        }

        int received = Stream.TryReceive(buffer.Span);
        if (received > 0)
        {
            Take(buffer.Span[..received]);
        }

        buffer.Return();
        if (received <= 0 && received != ByteStream.WouldBlock)
        {
            Break(RedisBreak.Lost);
        }

        return true;
    }

    private void Lose(RedisCall? call)
    {
        if (call is not null)
        {
            call.Connection = null;
            _node.CallLost(call);
        }
    }

    private void Take(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty && !IsBroken)
        {
            if (_inFlight.Count == 0)
            {
                Break(RedisBreak.Garbled);
                return;
            }

            RespStatus status = _scanner.Read(bytes, out int taken);
            ref RedisQueue.Entry oldest = ref _inFlight.Oldest;
            if (oldest.Skipped == 0)
            {
                oldest.Call?.TakeReply(bytes[..taken]);
            }

            bytes = bytes[taken..];
            if (status == RespStatus.Refused)
            {
                Break(RedisBreak.Garbled);
            }
            else if (status == RespStatus.Done)
            {
                EndReply(ref oldest);
            }
        }
    }

    private void EndReply(ref RedisQueue.Entry oldest)
    {
        if (oldest.Skipped > 0)
        {
            oldest.Skipped--;
            return;
        }

        oldest.Call?.EndReply(_scanner.IsError);
        if (--oldest.Replies > 0)
        {
            return;
        }

        RedisCall? call = oldest.Call;
        long sentMs = oldest.SentMs;
        _inFlight.RemoveOldest();

        // Who yet waits does so in time, however late a busy worker comes to read it.
        _node.Answered(this, call is { IsUnawaited: false } || Stream.Loop.NowMs - sentMs <= _timeoutMs);
        if (call is not null)
        {
            call.Connection = null;
            call.Status = call.HasError || call.IsReplyTooLong ? RedisStatus.Failed : RedisStatus.Ok;
            _node.Complete(call);
        }
    }
}
