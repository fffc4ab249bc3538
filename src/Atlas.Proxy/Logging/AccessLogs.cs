using Atlas.Core.Configuration;

namespace Atlas.Proxy.Logging;

/// <summary>The access logs of a process, one for each place: listeners that log to the same place share a log, so that
/// their lines never mix. Any thread.</summary>
/// <param name="workers">How many workers write.</param>
/// <param name="notice">Takes sentences for the operator, on a log's thread.</param>
public sealed class AccessLogs(int workers, Action<string> notice)
{
    private readonly Dictionary<(AccessLogTarget Target, string? Path), AccessLog> _logs = [];
    private readonly HashSet<AccessLog> _closing = [];
    private long _closedDropped;
    private long _closedWritten;
    private long _closedFailedWrites;

    /// <summary>Records dropped, over all logs that there ever were.</summary>
    public long Dropped => Sum(log => log.Dropped, ref _closedDropped);

    /// <summary>Records handed to logs, over all that there ever were.</summary>
    public long Written => Sum(log => log.Written, ref _closedWritten);

    /// <summary>Writes that failed, over all logs that there ever were.</summary>
    public long FailedWrites => Sum(log => log.FailedWrites, ref _closedFailedWrites);

    /// <summary>The log of a place; opened if it is not open yet, and open until <see cref="CloseAsync"/> or
    /// <see cref="Stop"/>.</summary>
    /// <exception cref="IOException">The file cannot be opened; the message says why.</exception>
    public AccessLog Open(AccessLogConfig config)
    {
        string? path = config.Target == AccessLogTarget.File ? Path.GetFullPath(config.FilePath!) : null;
        lock (_logs)
        {
            if (!_logs.TryGetValue((config.Target, path), out AccessLog? log))
            {
                log = new AccessLog(config.Target, path, workers, notice);
                _logs.Add((config.Target, path), log);
            }

            return log;
        }
    }

    /// <summary>Ends one log in the background, once it has written what it holds. Its writers must not be used any more.
    /// Whoever opens its place from now on gets another log.</summary>
    /// <param name="log">The log.</param>
    /// <param name="deadlineMs">Milliseconds that this may take.</param>
    /// <returns>False when the deadline passed with lines left.</returns>
    public Task<bool> CloseAsync(AccessLog log, int deadlineMs)
    {
        lock (_logs)
        {
            foreach (var place in _logs.Where(entry => entry.Value == log).Select(entry => entry.Key).ToArray())
            {
                _logs.Remove(place);
            }

            _closing.Add(log);
        }

        return Task.Run(() => Close(log, deadlineMs));
    }

    /// <summary>Opens all files anew, as after a rotation.</summary>
    public void Reopen()
    {
        lock (_logs)
        {
            foreach (AccessLog log in _logs.Values)
            {
                log.Reopen();
            }
        }
    }

    /// <summary>Writes what the logs hold and ends them. Writers must not be used any more.</summary>
    /// <param name="deadlineMs">Milliseconds that this may take in all.</param>
    /// <returns>False when the deadline passed with lines left.</returns>
    public bool Stop(int deadlineMs)
    {
        long untilMs = Environment.TickCount64 + deadlineMs;
        bool all = true;
        lock (_logs)
        {
            foreach (AccessLog log in _logs.Values.Concat(_closing))
            {
                all &= log.Stop((int)Math.Max(untilMs - Environment.TickCount64, 0));
            }

            _logs.Clear();
        }

        return all;
    }

    private bool Close(AccessLog log, int deadlineMs)
    {
        bool all = log.Stop(deadlineMs);
        lock (_logs)
        {
            if (_closing.Remove(log))
            {
                _closedDropped += log.Dropped;
                _closedWritten += log.Written;
                _closedFailedWrites += log.FailedWrites;
            }
        }

        return all;
    }

    private long Sum(Func<AccessLog, long> count, ref long closed)
    {
        lock (_logs)
        {
            return closed + _logs.Values.Concat(_closing).Sum(count);
        }
    }
}
