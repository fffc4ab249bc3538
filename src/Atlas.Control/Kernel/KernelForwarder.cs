using Atlas.Core.Health;
using Atlas.Core.KernelForwarding;

namespace Atlas.Control.Kernel;

/// <summary>
/// Keeps Atlas' table of nftables at what listeners in kernel mode and the rosters of their pools say. Any thread. A change of a
/// roster is written at once, unless one was written just before: then within <see cref="GapMs"/>. What cannot be written is
/// tried again, after twice the time each time, and the last rules stay in force. Without such listeners nothing is done.
/// </summary>
public sealed class KernelForwarder : IDisposable
{
    /// <summary>Milliseconds between the starts of two writes: at most ten rulesets a second.</summary>
    public const int GapMs = 100;

    /// <summary>Milliseconds between two looks whether the table is still there.</summary>
    public const int LookMs = 5_000;

    /// <summary>The longest wait before a write is tried again.</summary>
    public const int MaxRetryMs = 5_000;

    /// <summary>How old counters may be, in milliseconds, before they are read again.</summary>
    public const int MaxAgeMs = 1_000;

    // Between two looks at what is left at servers that drain, as in PoolWatch.
    private const int LeavingMs = 250;

    private const int MaxDoublings = 10;

    private readonly Lock _gate = new();
    private readonly KernelOptions _options;
    private readonly NftTable _table;
    private readonly KernelFlows _flows;
    private readonly ITimer _timer;
    private IReadOnlyList<KernelListener> _listeners = [];
    private bool _takesNew = true;
    private bool _isDisposed;
    private bool _isHeld;
    private int _isDue;
    private ulong _turn;
    private long _rulesets;
    private long _failures;
    private int _failuresInARow;
    private long _writtenAtMs = long.MinValue / 2;
    private long _readAtMs = long.MinValue / 2;
    private long _lookAtMs;

    /// <summary>Has nothing to forward yet.</summary>
    public KernelForwarder(KernelOptions options)
    {
        _options = options;
        _isHeld = options.IsHeld;
        _table = new NftTable(options.Programs, options.Table, options.Owner);
        _flows = new KernelFlows(options.Programs, options.Time);
        _timer = options.Time.CreateTimer(_ => Look(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Why rules could not be written when it was tried last; null: they are in force.</summary>
    public string? Failure { get; private set; }

    private long NowMs => (long)_options.Time.GetElapsedTime(0).TotalMilliseconds;

    private int WaitMs => Math.Min(GapMs << Math.Min(_failuresInARow, MaxDoublings), _failuresInARow == 0 ? GapMs : MaxRetryMs);

    private IReadOnlyList<ForwardedListener> Written => _table.Written?.Listeners ?? [];

    /// <summary>Forwards for these listeners, from when it returns. Flows of others go on, but no new ones come; of UDP none
    /// do.</summary>
    /// <exception cref="IOException">The rules could not be written; nothing has changed.</exception>
    public void Apply(IReadOnlyList<KernelListener> listeners)
    {
        lock (_gate)
        {
            if (listeners.Count == 0 && _table.Written is null)
            {
                return;
            }

            IReadOnlyList<KernelListener> before = _listeners;
            IReadOnlyList<ForwardedListener> written = Written;
            _listeners = listeners;
            if (!Write())
            {
                _listeners = before;
                string error = Failure ?? "";
                Failure = null;
                _failuresInARow = 0;
                throw new IOException(error);
            }

            _flows.Follow(written, Written);
            _lookAtMs = NowMs + LookMs;
            Schedule();
        }
    }

    /// <summary>Removes the table that a process before has left, which was killed, where this one forwards nothing: else the kernel would
    /// go on by its rules, ahead of every socket. A table that is not there costs one run of a program.</summary>
    public void RemoveLeftover()
    {
        lock (_gate)
        {
            if (_table.Written is null && !_isHeld)
            {
                _table.Remove();
            }
        }
    }

    /// <summary>Writes the table from now on, which another process had: <see cref="KernelOptions.IsHeld"/>.</summary>
    /// <exception cref="IOException">The rules could not be written; the other's stay.</exception>
    public void TakeOver()
    {
        lock (_gate)
        {
            _isHeld = false;
            Apply(_listeners);
        }
    }

    /// <summary>Writes the table again, which another process may have written meanwhile and does not own.</summary>
    public void Rewrite()
    {
        lock (_gate)
        {
            if (_table.Written is not null && !_isDisposed)
            {
                Write(always: true);
                Schedule();
            }
        }
    }

    /// <summary>Leaves the table, and the flows that go by it, to another process for good.</summary>
    public void LetGo()
    {
        lock (_gate)
        {
            _isHeld = true;
            _isDisposed = true;
            _timer.Dispose();
        }
    }

    /// <summary>Says that a roster has changed. Never blocks.</summary>
    public void Wake()
    {
        Interlocked.Exchange(ref _isDue, 1);
        _timer.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Takes no new flows from now on; those that there are go on. If that cannot be written, new flows still come until
    /// the table is removed.</summary>
    public void StopNew()
    {
        lock (_gate)
        {
            _takesNew = false;
            _ = _table.Written is null || Write();
            _flows.CountSoon();
        }
    }

    /// <summary>Ends a listener's open flows: what comes for them is refused.</summary>
    public void End(string listener)
    {
        lock (_gate)
        {
            if (!_isHeld)
            {
                _flows.End(Written.Where(known => known.Name == listener));
                _flows.CountSoon();
            }
        }
    }

    /// <summary>How many flows of a listener are open; 0 where that is not known, or they are another process's.</summary>
    public int OpenFlows(string listener)
    {
        lock (_gate)
        {
            if (_isHeld)
            {
                return 0;
            }

            _flows.CountIfDue(_listeners);
            return Written.Where(known => known.Name == listener).Sum(known => _flows.Open(known) ?? 0);
        }
    }

    /// <summary>What the kernel has counted, at most <see cref="MaxAgeMs"/> old unless it cannot be read.</summary>
    public KernelReport Read()
    {
        lock (_gate)
        {
            if (_table.Written is not null)
            {
                _ = NowMs - _readAtMs < MaxAgeMs || ReadCounters();
                _flows.CountIfDue(_listeners);
            }

            return new KernelReport
            {
                Listeners = [.. _listeners.Select(Counts)],
                AgeSeconds = _readAtMs < 0 ? 0 : (NowMs - _readAtMs) / 1_000.0,
                Rulesets = _rulesets,
                Failures = _failures,
            };
        }
    }

    /// <summary>Removes the table, and ends what is left, unless both are another process's.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            _timer.Dispose();
            if (_table.Written is not null && !_isHeld)
            {
                IReadOnlyList<ForwardedListener> written = Written;
                _table.Remove();
                _flows.End(written);
            }
        }
    }

    private void Look()
    {
        lock (_gate)
        {
            if (_isDisposed || _table.Written is null)
            {
                return;
            }

            if (NowMs - _writtenAtMs >= WaitMs && (Interlocked.Exchange(ref _isDue, 0) != 0 || Failure is not null))
            {
                Write();
            }

            if (NowMs >= _lookAtMs)
            {
                Restore();
                _lookAtMs = NowMs + LookMs;
            }

            _flows.CountIfDue(_listeners);
            Schedule();
        }
    }

    private void Schedule()
    {
        long nextMs = _lookAtMs;
        if (Volatile.Read(ref _isDue) != 0 || Failure is not null)
        {
            nextMs = Math.Min(nextMs, _writtenAtMs + WaitMs);
        }

        // Somebody waits to hear that nothing is left.
        if (_listeners.Any(listener => listener.Servers.Any(server => server.Admin != AdminState.Ready && server.Forwarded > 0)))
        {
            nextMs = Math.Min(nextMs, Math.Max(NowMs + LeavingMs, _flows.CountAtMs));
        }

        _timer.Change(TimeSpan.FromMilliseconds(Math.Max(nextMs - NowMs, 1)), Timeout.InfiniteTimeSpan);
    }

    /// <summary>Writes the table again where something else has removed it.</summary>
    private void Restore()
    {
        if (Failure is null && !ReadCounters() && Write(always: true))
        {
            Tell(KernelEventKind.Restored, $"mode kernel: table {_options.Table} was gone, and is written again");
        }
    }

    /// <summary>Writes what is so now, unless it is written.</summary>
    /// <returns>Whether it is.</returns>
    private bool Write(bool always = false)
    {
        if (_isHeld)
        {
            return true;
        }

        if (!always && Failure is null && Render(_turn).Rules == _table.Written?.Rules)
        {
            return true;
        }

        IReadOnlyList<ForwardedListener> before = Written;
        NftRuleset next = Render(++_turn);
        _writtenAtMs = NowMs;
        if (_table.Write(next) is string error)
        {
            Fail(error);
            return false;
        }

        _rulesets++;
        _failuresInARow = 0;
        if (Failure is not null)
        {
            Failure = null;
            Tell(KernelEventKind.Recovered, "mode kernel: the rules could be replaced now");
        }

        foreach (string line in KernelChanges.Between(before, next.Listeners))
        {
            Tell(KernelEventKind.Replaced, line);
        }

        _flows.Leave(_listeners);
        return true;
    }

    private void Fail(string error)
    {
        _failures++;
        _failuresInARow++;
        if (error != Failure && _table.Written is not null)
        {
            Tell(KernelEventKind.Failed, $"mode kernel: the rules could not be replaced, and those before stay in force: {error}");
        }

        Failure = error;
    }

    private NftRuleset Render(ulong turn) => new([.. _listeners.Select(listener => listener.Now(turn - 1, _takesNew))]);

    private bool ReadCounters()
    {
        bool isRead = _table.Read();
        _readAtMs = isRead ? NowMs : _readAtMs;
        return isRead;
    }

    private KernelListenerCounts Counts(KernelListener listener)
    {
        ForwardedListener known = listener.Now(_turn, takesNew: false);
        return new KernelListenerCounts(
            known.Name,
            _table.Counted(NftNames.Refused(known.Name)).Packets,
            _flows.Open(known),
            [.. known.Servers.Select(server => new KernelServerCounts(
                known.Name,
                listener.Pool.Name,
                server.Name,
                _table.Counted(NftNames.Flows(known.Name, server.Name)).Packets,
                _table.Counted(NftNames.In(known.Name, server.Name)),
                _table.Counted(NftNames.Out(known.Name, server.Name)),
                _flows.Open(known, server)))]);
    }

    private void Tell(KernelEventKind kind, string text)
    {
        try
        {
            _options.Changed(new KernelEvent(_options.Time.GetUtcNow(), kind, text));
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Whoever read what the process says has gone. The rules matter more.
        }
    }
}
