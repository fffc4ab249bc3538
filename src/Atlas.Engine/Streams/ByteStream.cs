using Atlas.Engine.Buffers;
using Atlas.Engine.Interop;
using Atlas.Engine.Timers;
using Atlas.Engine.Workers;

namespace Atlas.Engine.Streams;

/// <summary>A stream of bytes between two ends, bound to one loop and used on its thread only. Operations never block:
/// they move what they can, or say that they would block, and the caller awaits readiness. Three kinds exist: a socket,
/// TLS over a socket, and the simulated one that tests use; all keep the same contract.</summary>
public abstract class ByteStream : ITimerTarget
{
    /// <summary>Returned by <see cref="TryReceive(Span{byte})"/> and <see cref="TrySend(ReadOnlySpan{byte})"/>: wait, then call
    /// again.</summary>
    public const int WouldBlock = -Errno.EAGAIN;

    /// <summary>Returned by <see cref="TryReceive(Span{byte})"/> where the protocol of the stream has an end of its own and the
    /// connection ended without it: whether bytes are missing is not known. A message that tells its length is whole if it
    /// came that far; one that ends with the connection is not. Sending may still be possible.</summary>
    public const int Truncated = -Errno.ENODATA;

    private Readiness _receive;
    private Readiness _send;
    private IPeerClosedHandler? _peerClosedHandler;
    private bool _isBreakTold;

    /// <summary>Makes a stream of a loop. Receiving waits for the first news, so that a connection that says nothing
    /// needs no buffer; sending may begin at once.</summary>
    protected ByteStream(EventLoop loop)
    {
        Loop = loop;
        _send.IsReady = true;
    }

    /// <summary>The loop that the stream belongs to.</summary>
    public EventLoop Loop { get; }

    /// <summary>Whether the peer's end of stream or reset was seen. Bytes may still wait to be received.</summary>
    public bool IsPeerClosed { get; private set; }

    /// <summary>Whether it is known that the connection broke: the peer reset it, or is gone without a word. Bytes that came
    /// before may still wait to be received.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Whether the kernel can move its bytes to another such stream without showing them
    /// (<see cref="TryReceive(KernelPipe)"/>). It may end to be so when more has come.</summary>
    public virtual bool CanSplice => false;

    /// <summary>Whether <see cref="Close"/> or <see cref="Abort"/> was called.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>Whether something may have arrived since the last receive: cheap, without a system call.</summary>
    public bool MayReceive => _receive.IsReady;

    /// <summary>The address of this end, which is what a client connected to; null if that is not known. May take a system
    /// call.</summary>
    public virtual SocketAddress? LocalAddress => null;

    /// <summary>How much of what was sent the peer's machine has not confirmed, which <see cref="Abort"/> would lose; 0: nothing, or that
    /// is not known. May take a system call.</summary>
    public virtual int Undelivered => 0;

    /// <summary>Told when the peer closes from now on; null for nobody. Whether it did before says
    /// <see cref="IsPeerClosed"/>.</summary>
    public IPeerClosedHandler? PeerClosedHandler
    {
        get => _peerClosedHandler;
        set => _peerClosedHandler = value;
    }

    /// <summary>Receives up to the length of <paramref name="buffer"/> (which must not be empty).</summary>
    /// <returns>The number of bytes, 0 at the end of the stream, <see cref="WouldBlock"/>, <see cref="Truncated"/>, or another
    /// negative error number.</returns>
    public abstract int TryReceive(Span<byte> buffer);

    /// <summary>Receives into an empty pipe, without copying.</summary>
    /// <returns>As <see cref="TryReceive(Span{byte})"/>.</returns>
    /// <exception cref="NotSupportedException">The stream's kind cannot (<see cref="CanSplice"/>).</exception>
    public virtual int TryReceive(KernelPipe pipe) => throw new NotSupportedException("the bytes of this stream are not the kernel's");

    /// <summary>Sends what a pipe holds, as far as the peer's window takes it.</summary>
    /// <returns>As <see cref="TrySend(ReadOnlySpan{byte})"/>; the pipe tells what is left in it.</returns>
    /// <exception cref="NotSupportedException">The stream's kind cannot (<see cref="CanSplice"/>).</exception>
    public virtual int TrySend(KernelPipe pipe) => throw new NotSupportedException("the bytes of this stream are not the kernel's");

    /// <summary>Sends what the peer's window takes.</summary>
    /// <returns>The number of bytes taken (fewer than given means: wait), <see cref="WouldBlock"/>, or a negative error
    /// number.</returns>
    public abstract int TrySend(ReadOnlySpan<byte> bytes);

    /// <summary>Sends two spans with one call, in order; else as <see cref="TrySend(ReadOnlySpan{byte})"/>.</summary>
    public abstract int TrySend(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second);

    /// <summary>Looks whether the peer closed or sent something, with a system call and without taking bytes: the last
    /// look before an idle connection is used again.</summary>
    /// <returns><see cref="WouldBlock"/> when the connection is open and silent.</returns>
    public abstract int Peek();

    /// <summary>Ends the sending direction (FIN); receiving goes on.</summary>
    public abstract void ShutdownSend();

    /// <summary>Whether it is closed and still keeps something that was sent for the peer.</summary>
    public virtual bool IsLingering => false;

    /// <summary>Has a closed stream give up what it still keeps for the peer once that has taken nothing for a time. Does nothing to one
    /// that is not <see cref="IsLingering"/>.</summary>
    /// <param name="idleMs">Milliseconds, from now on; 0: at once.</param>
    public virtual void LimitLinger(int idleMs)
    {
    }

    /// <summary>Has something done once the stream and all below it are gone: at once, unless it was closed while something that was
    /// sent is still kept here for the peer. To be called once, after the close.</summary>
    /// <param name="action">On the loop's thread.</param>
    public virtual void WhenGone(Action action) => action();

    /// <summary>Waits until <see cref="TryReceive(Span{byte})"/> may make progress.</summary>
    /// <param name="deadlineMs">The loop's time at which the wait ends; <see cref="long.MaxValue"/> for none.</param>
    public ReadinessAwaitable ReceiveReadyAsync(long deadlineMs = long.MaxValue) => new(this, isSend: false, deadlineMs);

    /// <summary>Waits until a send may make progress.</summary>
    /// <param name="deadlineMs">The loop's time at which the wait ends; <see cref="long.MaxValue"/> for none.</param>
    public ReadinessAwaitable SendReadyAsync(long deadlineMs = long.MaxValue) => new(this, isSend: true, deadlineMs);

    /// <summary>A wait has passed its deadline.</summary>
    void ITimerTarget.OnTimer(LoopTimer timer) => Direction(isSend: _send.Owns(timer)).Resume(WaitResult.TimedOut);

    /// <summary>The stream that runs over this one; null for none.</summary>
    internal IStreamNews? News { get; set; }

    internal ref Readiness Direction(bool isSend) => ref isSend ? ref _send : ref _receive;

    /// <summary>Ends every wait, now and until <see cref="ResetCancel"/>, with <see cref="WaitResult.Cancelled"/>.</summary>
    public void CancelWaits()
    {
        // Both marks before anybody runs: the first waiter may well reset them, and the second must then wait on.
        _receive.SetCancelled(true);
        _send.SetCancelled(true);
        _receive.ResumeCancelled();
        _send.ResumeCancelled();
    }

    /// <summary>Lets waits happen again after <see cref="CancelWaits"/>; those of a closed stream stay cancelled.</summary>
    public void ResetCancel()
    {
        _receive.SetCancelled(IsClosed);
        _send.SetCancelled(IsClosed);
    }

    /// <summary>Closes in order: what was sent is delivered, then FIN. Idempotent.</summary>
    public void Close() => End(abort: false);

    /// <summary>Closes with a reset: what was sent and not delivered is lost, and the peer sees an error, not an end. (Unix
    /// sockets know no reset: their peer sees an end unless bytes from it were left unread.) Idempotent.</summary>
    public void Abort() => End(abort: true);

    /// <summary>Releases what the kind holds.</summary>
    protected abstract void CloseCore(bool abort);

    /// <summary>Makes a closed stream a new one, as the constructor does. For kinds whose streams are many and short.</summary>
    /// <exception cref="InvalidOperationException">It is not closed.</exception>
    protected void Reopen()
    {
        if (!IsClosed)
        {
            throw new InvalidOperationException("A stream that is in use cannot be another one.");
        }

        IsClosed = false;
        IsPeerClosed = false;
        IsBroken = false;
        _isBreakTold = false;
        _receive.IsReady = false;
        _send.IsReady = true;
        ResetCancel();
    }

    /// <summary>To be called when a receive took less than there was room for, or found nothing: the next must wait for
    /// news. After the peer's end there is no further news, so only finding nothing counts then.</summary>
    protected void ReceiveDrained(bool foundNothing)
    {
        if (foundNothing || !IsPeerClosed)
        {
            _receive.IsReady = false;
        }
    }

    /// <summary>To be called when a receive met the end or a reset, which may be before the news of it. Whoever received
    /// knows it, so the handler is not told.</summary>
    protected void ReceiveEnded() => IsPeerClosed = true;

    /// <summary>To be called when it is found out that the connection broke.</summary>
    protected void NoteBroken() => IsBroken = true;

    /// <summary>To be called when a send took less than it was given.</summary>
    protected void SendFilled() => _send.IsReady = false;

    /// <summary>To be called when bytes arrived.</summary>
    protected void SignalReceive()
    {
        // Whoever goes on here may put a stream over this one, for which that is no news.
        IStreamNews? news = News;
        _receive.Signal();
        news?.OnReceivable();
    }

    /// <summary>To be called when sending may go on.</summary>
    protected void SignalSend()
    {
        IStreamNews? news = News;
        _send.Signal();
        news?.OnSendable();
    }

    /// <summary>To be called when the peer's end of stream or a reset arrived.</summary>
    protected void SignalPeerClosed(bool reset)
    {
        IStreamNews? news = News;

        // An end may come before the reset, and who waits for the other side has to know of the latter, too.
        bool isNews = !IsPeerClosed || (IsBroken && !_isBreakTold);
        IsPeerClosed = true;
        _isBreakTold = IsBroken;
        if (reset)
        {
            _send.IsReady = true;
        }

        bool someoneReceives = _receive.IsWaiting;
        _receive.Signal();
        if (reset && !IsClosed)
        {
            _send.Signal();
        }

        if (isNews && !someoneReceives && !IsClosed)
        {
            _peerClosedHandler?.OnPeerClosed(this);
        }

        news?.OnPeerClosed(reset);
    }

    private void End(bool abort)
    {
        if (IsClosed)
        {
            return;
        }

        IsClosed = true;
        _peerClosedHandler = null;
        _receive.Remove();
        _send.Remove();
        CloseCore(abort);
        CancelWaits();
        IStreamNews? news = News;
        News = null;
        news?.OnClosed();
    }
}
