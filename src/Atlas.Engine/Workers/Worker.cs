using System.Diagnostics;
using Atlas.Engine.Flows;
using Atlas.Engine.Interop;
using Atlas.Engine.Streams;
using static Atlas.Engine.Interop.LinuxConstants;

namespace Atlas.Engine.Workers;

/// <summary>A thread with its own epoll instance, listening sockets, connections, timers and buffers. All that belongs to
/// it is used on its thread only, except <see cref="TryPost"/> and the counters.</summary>
public sealed class Worker : EventLoop, IEventSource, IDisposable
{
    /// <summary>Posted actions that may wait; past it <see cref="TryPost"/> refuses.</summary>
    public const int MailboxCapacity = 64 * 1024;

    // Flows that yield again and again when the loop ends are left behind after this many rounds.
    private const int MaxEndRounds = 1000;

    private readonly int _wake;
    private readonly Mailbox _mailbox;
    private readonly Thread _thread;
    private readonly Queue<Continuation> _yielded = new();
    private int _connections;
    private int _disposed;
    private long _nowUs;
    private long _nowMs;
    private volatile bool _stopping;

    /// <summary>Makes a worker; <see cref="Start"/> starts its thread.</summary>
    /// <param name="index">Its number, from 0.</param>
    /// <param name="bufferLimitBytes">The upper bound of its buffers.</param>
    /// <exception cref="IOException">The system has no descriptors or memory left.</exception>
    public Worker(int index, long bufferLimitBytes = 1L << 30)
        : base(ReadClockUs() / 1000, bufferLimitBytes)
    {
        Index = index;
        ReadClock();
        _mailbox = new Mailbox(MailboxCapacity, Wake);
        Poller = new Poller();
        _wake = Errno.Of(Libc.eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
        int slot = _wake < 0 ? _wake : Poller.TryWatch(_wake, this, EPOLLIN | EPOLLET);
        if (slot < 0)
        {
            CloseDescriptors();
            throw new IOException("cannot make a worker: " + Errno.Text(slot));
        }

        _thread = new Thread(Run) { Name = "atlas-worker-" + index, IsBackground = true };
    }

    /// <inheritdoc/>
    public override int Index { get; }

    /// <summary>Client connections that it serves; read by other workers when they choose whom to hand one to.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <inheritdoc/>
    public override long NowMs => _nowMs;

    /// <inheritdoc/>
    public override long NowUs => _nowUs;

    /// <inheritdoc/>
    public override long ReadMs() => ReadClockUs() / 1000;

    /// <inheritdoc/>
    protected internal override bool HasEnded => _mailbox.IsClosed;

    internal Poller Poller { get; }

    /// <summary>Counts the turns of the loop.</summary>
    internal long Turn { get; private set; }

    /// <summary>Starts the thread.</summary>
    public void Start() => _thread.Start();

    /// <summary>Ends the loop after the turn at hand and waits for the thread. What is open is reset, waits are cancelled,
    /// and all descriptors and buffers are released. Idempotent.</summary>
    public void Dispose()
    {
        _stopping = true;
        _mailbox.Wake();
        if ((_thread.ThreadState & System.Threading.ThreadState.Unstarted) != 0)
        {
            End();
        }
        else if (!ReferenceEquals(Thread.CurrentThread, _thread))
        {
            _thread.Join();
        }
    }

    /// <inheritdoc/>
    public override bool TryPost(Action action) => _mailbox.TryAdd(action);

    /// <summary>As <see cref="TryPost"/>, but waits while the mailbox is full: opening and closing an address must not be lost to
    /// that. For callers outside the workers, where waiting is allowed.</summary>
    /// <returns>False when the worker ends, or its mailbox stays full for a second.</returns>
    internal bool PostSurely(Action action)
    {
        const int tries = 1000;
        for (int i = 0; i < tries && !HasEnded; i++)
        {
            if (TryPost(action))
            {
                return true;
            }

            Thread.Sleep(1);
        }

        return false;
    }

    /// <inheritdoc/>
    public override void Yield(Continuation continuation) => _yielded.Enqueue(continuation);

    /// <inheritdoc/>
    public override ResultFlow<ConnectResult> ConnectAsync(SocketAddress address, long deadlineMs) =>
        ConnectAsync(address, source: null, deadlineMs);

    /// <inheritdoc/>
    public override ResultFlow<ConnectResult> ConnectAsClientAsync(SocketAddress source, SocketAddress address, long deadlineMs) =>
        ConnectAsync(address, source, deadlineMs);

    private async ResultFlow<ConnectResult> ConnectAsync(SocketAddress address, SocketAddress? source, long deadlineMs)
    {
        int descriptor = _stopping ? -Errno.ECANCELED : Socket.Open(address);
        if (descriptor < 0)
        {
            return new ConnectResult(null, -descriptor);
        }

        Socket.SetConnectionOptions(descriptor, address);
        int result = source is null ? 0
            : source.Family != address.Family ? -Errno.EAFNOSUPPORT
            : Socket.BindAsClient(descriptor, source);
        result = result < 0 ? result : Socket.Connect(descriptor, address);
        bool underWay = result is -Errno.EINPROGRESS or -Errno.EINTR;
        int error = result < 0 && !underWay ? -result : 0;
        SocketStream? stream = error == 0 ? SocketStream.TryCreate(this, descriptor, out error) : null;
        if (stream is null)
        {
            Socket.Close(descriptor);
            return new ConnectResult(null, error);
        }

        if (underWay)
        {
            stream.AwaitConnected();
            error = await stream.SendReadyAsync(deadlineMs) switch
            {
                WaitResult.Ready => Socket.PendingError(descriptor),
                WaitResult.TimedOut => Errno.ETIMEDOUT,
                WaitResult.Cancelled => Errno.ECANCELED,
                _ => throw new InvalidOperationException("unknown end of a wait"),
            };
            if (error != 0)
            {
                stream.Abort();
                return new ConnectResult(null, error);
            }
        }

        return new ConnectResult(stream, 0);
    }

    unsafe void IEventSource.OnEvents(uint mask)
    {
        ulong count;
        Errno.Of(Libc.read(_wake, &count, sizeof(ulong)));
        _mailbox.Drain();
    }

    void IEventSource.OnLoopEnding()
    {
        // The mailbox is closed by then; its descriptor goes last.
    }

    internal void ConnectionOpened() => Interlocked.Increment(ref _connections);

    internal void ConnectionClosed() => Interlocked.Decrement(ref _connections);

    // Environment.TickCount64 would be cheaper by 20 ns, but jumps by 4 ms.
    private static long ReadClockUs() => Stopwatch.GetTimestamp() / (Stopwatch.Frequency / 1_000_000);

    private void ReadClock()
    {
        _nowUs = ReadClockUs();
        _nowMs = _nowUs / 1000;
    }

    private void Run()
    {
        while (!_stopping)
        {
            int count = Poller.Wait(WaitMs());
            ReadClock();
            Turn++;
            Poller.Dispatch(count);
            Timers.Advance(_nowMs);
            RunYielded();
        }

        End();
    }

    private void End()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        // First what others handed over: it may be a connection, which is then closed with the rest.
        _mailbox.Close();
        EndWaits();
        Poller.EndAll();
        for (int round = 0; round < MaxEndRounds && _yielded.Count > 0; round++)
        {
            RunYielded();
        }

        CloseDescriptors();
        Buffers.Dispose();
        Pipes.Dispose();
    }

    private void CloseDescriptors()
    {
        if (_wake >= 0)
        {
            Errno.Of(Libc.close(_wake));
        }

        Poller.Dispose();
    }

    private void RunYielded()
    {
        for (int yielded = _yielded.Count; yielded > 0; yielded--)
        {
            _yielded.Dequeue().Run();
        }
    }

    private int WaitMs()
    {
        if (_yielded.Count > 0)
        {
            return 0;
        }

        long next = Timers.NextMs();
        return next == long.MaxValue ? -1 : (int)Math.Clamp(next - _nowMs, 0, int.MaxValue);
    }

    private unsafe void Wake()
    {
        ulong one = 1;
        Errno.Of(Libc.write(_wake, &one, sizeof(ulong)));
    }
}
