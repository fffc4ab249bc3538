using Atlas.Core.Configuration;

namespace Atlas.Proxy.Logging;

/// <summary>An access log: a ring per worker, and a thread that empties the rings to one destination. The thread may fall
/// behind or stand still; then records are dropped and counted, and no worker waits.</summary>
public sealed class AccessLog
{
    /// <summary>Bytes that a worker may be ahead of the log: about 3,000 lines.</summary>
    public const int DefaultRingBytes = 1 << 20;

    /// <summary>No line is longer.</summary>
    public const int MaxLineBytes = 80 * 1024;

    private readonly AccessRing[] _rings;
    private readonly List<AccessLogWriter> _writers = [];
    private readonly AutoResetEvent _wake = new(false);
    private readonly LogDrain _drain;
    private readonly Thread _thread;
    private int _asleep;

    /// <summary>Opens the destination and starts the thread.</summary>
    /// <param name="target">Where lines go.</param>
    /// <param name="path">The file's path where the target is a file.</param>
    /// <param name="workers">How many workers may write.</param>
    /// <param name="notice">Takes sentences for the operator ("N records dropped"), on the log's thread, at most a few a
    /// second.</param>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public AccessLog(AccessLogTarget target, string? path, int workers, Action<string> notice)
        : this(LogDestination.Open(target, path), path ?? target.ToString(), workers, DefaultRingBytes, notice)
    {
    }

    internal AccessLog(LogDestination destination, string name, int workers, int ringBytes, Action<string> notice)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(ringBytes, 2 * MaxLineBytes);
        _rings = [.. Enumerable.Range(0, workers).Select(_ => new AccessRing(ringBytes))];
        _drain = new LogDrain(this, destination, name, _rings, _wake, notice);
        _thread = new Thread(_drain.Run) { Name = "atlas-access-log", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Records dropped because a ring was full or a file was exchanged amid a line. Any thread.</summary>
    public long Dropped => Sum(static writer => writer.Dropped) + _drain.Lost;

    /// <summary>Records handed to the log. Any thread.</summary>
    public long Written => Sum(static writer => writer.Written);

    /// <summary>Writes to the destination that failed, each retry counted. Any thread.</summary>
    public long FailedWrites => _drain.FailedWrites;

    /// <summary>Whether the thread waits until it is woken.</summary>
    internal bool IsAsleep => Volatile.Read(ref _asleep) != 0;

    /// <summary>A writer for a worker. Listeners that log to the same place get writers of the same log, each with its
    /// format. Any thread; to be called when a listener starts, not per request.</summary>
    /// <param name="worker">The worker's index; all writers of an index belong to one thread.</param>
    /// <param name="format">The form of the lines.</param>
    public AccessLogWriter Writer(int worker, AccessLogFormat format)
    {
        var writer = new AccessLogWriter(this, _rings[worker], format);
        lock (_writers)
        {
            _writers.Add(writer);
        }

        return writer;
    }

    /// <summary>Opens the file of the same path anew, soon, on the log's thread. Any thread.</summary>
    public void Reopen() => _drain.AskReopen();

    /// <summary>Writes what the rings hold and ends the log. Writers must not be used any more.</summary>
    /// <param name="deadlineMs">Milliseconds that this may take.</param>
    /// <returns>False when the deadline passed with lines left.</returns>
    public bool Stop(int deadlineMs)
    {
        _drain.AskStop(deadlineMs);
        return _thread.Join(deadlineMs) && _drain.IsEmpty;
    }

    /// <summary>Wakes the thread if it waits for work.</summary>
    /// <remarks>
    /// The worker stores the ring's head, then loads this flag; the log stores the flag, then loads the heads. Both need a
    /// full fence between, or each may miss the other's store. The log, which is about to sleep, makes it on behalf of both
    /// (<see cref="Interlocked.MemoryBarrierProcessWide"/>), so that the worker pays for a load and a branch only.
    /// </remarks>
    internal void WakeIfAsleep()
    {
        if (Volatile.Read(ref _asleep) != 0 && Interlocked.Exchange(ref _asleep, 0) != 0)
        {
            _wake.Set();
        }
    }

    /// <summary>Waits for a writer or for <see cref="_wake"/>. The log's thread only.</summary>
    internal void Sleep()
    {
        Volatile.Write(ref _asleep, 1);
        Interlocked.MemoryBarrierProcessWide();
        if (_drain.IsEmpty)
        {
            _wake.WaitOne();
        }

        Volatile.Write(ref _asleep, 0);
    }

    private long Sum(Func<AccessLogWriter, long> count)
    {
        long sum = 0;
        lock (_writers)
        {
            foreach (AccessLogWriter writer in _writers)
            {
                sum += count(writer);
            }
        }

        return sum;
    }
}
