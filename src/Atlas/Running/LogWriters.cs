using Atlas.Control.Configuration;
using Atlas.Core.Configuration;
using Atlas.Proxy.Logging;
using Atlas.Proxy.Snapshots;
using Atlas.Running.Listeners;

namespace Atlas.Running;

/// <summary>The writers of the access logs: one set for each place and format, however many listeners and reloads ask for
/// it. Logs that no snapshot names any more close once the last request that may write to them has ended.</summary>
/// <param name="logs">The logs.</param>
/// <param name="plane">What writes.</param>
/// <param name="workers">How many workers write.</param>
internal sealed class LogWriters(AccessLogs logs, DataPlane plane, int workers)
{
    // A log that is to close waits for requests, and a tunnel may take hours: no need to ask the workers often.
    private const int AskAgainMs = 1_000;

    // Lines that a full disk or a pipe that nobody reads keeps back must not keep the log.
    private const int CloseMs = 10_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<(AccessLog Log, AccessLogFormat Format), AccessLogWriter[]> _writers = [];

    // Each log that waits for its end, with a mark of that wait: a log that is named again and then dropped again waits anew.
    private readonly Dictionary<AccessLog, object> _unused = [];
    private bool _hasEnded;

    /// <summary>A writer for each worker, by its index.</summary>
    /// <param name="config">What to log where; a relative path counts from the configuration file.</param>
    /// <param name="file">The configuration file.</param>
    /// <exception cref="IOException">The file cannot be opened; the message says why.</exception>
    internal IReadOnlyList<AccessLogWriter> Open(AccessLogConfig config, string file)
    {
        lock (_gate)
        {
            AccessLog log = logs.Open(
                config.FilePath is null ? config : config with { FilePath = ConfigPaths.Resolve(config.FilePath, file) });
            _unused.Remove(log);
            if (!_writers.TryGetValue((log, config.Format), out AccessLogWriter[]? writers))
            {
                writers = [.. Enumerable.Range(0, workers).Select(worker => log.Writer(worker, config.Format))];
                _writers.Add((log, config.Format), writers);
            }

            return writers;
        }
    }

    /// <summary>Closes, in the background, the logs that a snapshot does not name.</summary>
    /// <param name="inForce">What the listeners serve by from now on.</param>
    internal void CloseUnused(ProxySnapshot inForce)
    {
        var named = inForce.Listeners.SelectMany(listener => listener.AccessLog).Select(writer => writer.Log).ToHashSet();
        lock (_gate)
        {
            foreach (AccessLog log in _writers.Keys.Select(key => key.Log).Distinct().Where(log => !named.Contains(log)))
            {
                object wait = new();
                if (!_hasEnded && _unused.TryAdd(log, wait))
                {
                    _ = Task.Run(() => CloseAsync(log, wait));
                }
            }
        }
    }

    /// <summary>Leaves what is open to <see cref="AccessLogs.Stop"/>. To be called before it.</summary>
    internal void End()
    {
        lock (_gate)
        {
            _hasEnded = true;
            _unused.Clear();
        }
    }

    private async Task CloseAsync(AccessLog log, object wait)
    {
        while (await plane.MayWriteToAsync(log))
        {
            await Task.Delay(AskAgainMs);
            if (!IsUnused(log, wait))
            {
                return;
            }
        }

        lock (_gate)
        {
            if (!IsUnused(log, wait))
            {
                return;
            }

            _unused.Remove(log);
            foreach (var key in _writers.Keys.Where(key => key.Log == log).ToArray())
            {
                _writers.Remove(key);
            }

            _ = logs.CloseAsync(log, CloseMs);
        }
    }

    private bool IsUnused(AccessLog log, object wait)
    {
        lock (_gate)
        {
            return _unused.TryGetValue(log, out object? current) && current == wait;
        }
    }
}
