using Atlas.Engine.Interop;

namespace Atlas.Proxy.Logging;

/// <summary>The thread of an <see cref="AccessLog"/>: moves lines from the rings to the destination.</summary>
internal sealed class LogDrain(
    AccessLog log,
    LogDestination destination,
    string name,
    AccessRing[] rings,
    AutoResetEvent wake,
    Action<string> notice)
{
    // While requests come, the rings are looked at this often: a worker's ring holds the lines of about 100,000 requests per
    // second for 25 ms.
    private const int PollMs = 5;

    // After a turn that moved more than this the rings are looked at again at once: the log is behind.
    private const int BehindBytes = AccessLog.DefaultRingBytes / 4;

    // Polls without a line before the thread sleeps until it is woken.
    private const int QuietPolls = 40;

    // One write moves at most this much, so that room is given back in small steps.
    private const int MaxWriteBytes = 128 * 1024;

    // A failing destination is tried again after this, doubled up to the maximum.
    private const int FirstRetryMs = 50;
    private const int MaxRetryMs = 5_000;

    // Notices of dropped records come at most this often.
    private const int NoticeMs = 1_000;

    private AccessRing? _unfinished;
    private long _lost;
    private long _failedWrites;
    private long _noticedDrops;
    private long _noticedAtMs = long.MinValue / 2;
    private int _retryMs;
    private volatile bool _reopen;
    private long _stopAtMs = long.MaxValue;

    internal long Lost => Volatile.Read(ref _lost);

    internal long FailedWrites => Volatile.Read(ref _failedWrites);

    internal bool IsEmpty => Array.TrueForAll(rings, ring => ring.IsEmpty);

    private bool IsStopping => Volatile.Read(ref _stopAtMs) != long.MaxValue;

    internal void AskReopen()
    {
        _reopen = true;
        wake.Set();
    }

    internal void AskStop(int deadlineMs)
    {
        Volatile.Write(ref _stopAtMs, Environment.TickCount64 + deadlineMs);
        wake.Set();
    }

    internal void Run()
    {
        int quiet = 0;
        while (true)
        {
            bool stopping = IsStopping;
            if (_reopen)
            {
                Reopen();
            }

            int written = WriteAll();
            if (stopping && (IsEmpty || Environment.TickCount64 >= Volatile.Read(ref _stopAtMs)))
            {
                break;
            }

            if (_retryMs > 0)
            {
                wake.WaitOne(stopping ? FirstRetryMs : _retryMs);
                continue;
            }

            quiet = TellDrops() && written == 0 ? quiet + 1 : 0;
            if (quiet < QuietPolls)
            {
                wake.WaitOne(written > BehindBytes ? 0 : PollMs);
            }
            else
            {
                log.Sleep();
                quiet = 0;
            }
        }

        _noticedAtMs = long.MinValue / 2;
        TellDrops();
        destination.Close();
    }

    /// <summary>Writes until the rings are empty or the destination fails. Returns the bytes written.</summary>
    private int WriteAll()
    {
        int written = 0;
        if (_unfinished is not null)
        {
            // Nothing may come between the two parts of a line.
            written = Write(_unfinished);
            if (_unfinished is not null)
            {
                return written;
            }
        }

        foreach (AccessRing ring in rings)
        {
            written += Write(ring);
            if (_retryMs > 0)
            {
                break;
            }
        }

        return written;
    }

    /// <summary>Writes what a ring holds now, or less when the destination fails. Returns the bytes written.</summary>
    private int Write(AccessRing ring)
    {
        int written = 0;

        // What comes meanwhile waits for the next turn, so that one busy worker does not starve the others.
        for (int pieces = 0; pieces < 2 * AccessLog.DefaultRingBytes / MaxWriteBytes; pieces++)
        {
            ReadOnlySpan<byte> lines = ring.Peek();
            if (lines.IsEmpty)
            {
                return written;
            }

            if (lines.Length > MaxWriteBytes)
            {
                lines = lines[..(lines[..MaxWriteBytes].LastIndexOf((byte)'\n') + 1)];
            }

            while (!lines.IsEmpty)
            {
                int result = destination.TryWrite(lines);
                if (result <= 0)
                {
                    Fail(result);
                    return written;
                }

                written += result;
                _retryMs = 0;
                _unfinished = lines[result - 1] == (byte)'\n' ? null : ring;
                lines = lines[result..];
                ring.Take(result);
            }
        }

        return written;
    }

    private void Fail(int result)
    {
        bool isFirst = _retryMs == 0;
        _retryMs = isFirst ? FirstRetryMs : Math.Min(2 * _retryMs, MaxRetryMs);
        if (result == -Errno.EAGAIN)
        {
            // A full pipe that somebody made non-blocking: no failure, but nothing to be done now.
            _retryMs = FirstRetryMs;
            return;
        }

        Volatile.Write(ref _failedWrites, _failedWrites + 1);
        if (isFirst)
        {
            notice($"access log {name}: cannot write: {Errno.Text(result)}; records wait, then are dropped");
        }
    }

    /// <summary>Ends the line that is begun in the old file, or gives its rest up, and opens the new one.</summary>
    private void Reopen()
    {
        _reopen = false;
        _retryMs = 0;
        if (_unfinished is not null)
        {
            ReadOnlySpan<byte> rest = _unfinished.Peek();
            rest = rest[..(rest.IndexOf((byte)'\n') + 1)];
            int length = rest.Length;
            int result = 1;
            while (!rest.IsEmpty && result > 0)
            {
                result = destination.TryWrite(rest);
                rest = rest[Math.Max(result, 0)..];
            }

            if (!rest.IsEmpty)
            {
                Volatile.Write(ref _lost, _lost + 1);
            }

            _unfinished.Take(length);
            _unfinished = null;
        }

        int error = destination.Reopen();
        if (error < 0)
        {
            notice($"access log {name}: cannot reopen: {Errno.Text(error)}; the file that was open is used on");
        }
    }

    /// <summary>Says how many records were dropped since the last time. False while the time for it has not come.</summary>
    private bool TellDrops()
    {
        long dropped = log.Dropped;
        if (dropped == _noticedDrops)
        {
            return true;
        }

        if (Environment.TickCount64 - _noticedAtMs < NoticeMs)
        {
            return false;
        }

        notice($"access log {name}: {dropped - _noticedDrops} records dropped");
        _noticedDrops = dropped;
        _noticedAtMs = Environment.TickCount64;
        return true;
    }
}
