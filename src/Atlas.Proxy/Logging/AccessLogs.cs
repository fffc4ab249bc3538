using Atlas.Core.Configuration;

namespace Atlas.Proxy.Logging;

/// <summary>The access logs of a process, one for each place: listeners that log to the same place share a log, so that
/// their lines never mix. Any thread.</summary>
/// <param name="workers">How many workers write.</param>
/// <param name="notice">Takes sentences for the operator, on a log's thread.</param>
public sealed class AccessLogs(int workers, Action<string> notice)
{
    private readonly Dictionary<(AccessLogTarget Target, string? Path), AccessLog> _logs = [];

    /// <summary>Records dropped, over all logs.</summary>
    public long Dropped => Sum(log => log.Dropped);

    /// <summary>Records handed to logs, over all.</summary>
    public long Written => Sum(log => log.Written);

    /// <summary>Writes that failed, over all logs.</summary>
    public long FailedWrites => Sum(log => log.FailedWrites);

    /// <summary>The log of a place; opened if it is not open yet, and open until <see cref="Stop"/>.</summary>
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
            foreach (AccessLog log in _logs.Values)
            {
                all &= log.Stop((int)Math.Max(untilMs - Environment.TickCount64, 0));
            }

            _logs.Clear();
        }

        return all;
    }

    private long Sum(Func<AccessLog, long> count)
    {
        lock (_logs)
        {
            return _logs.Values.Sum(count);
        }
    }
}
