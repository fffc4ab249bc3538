using Atlas.Core.Configuration;
using Atlas.Proxy.Logging;

namespace Atlas.Running;

/// <summary>The writers of the access logs: one set for each place and format, however many listeners and reloads ask for
/// it.</summary>
/// <param name="logs">The logs.</param>
/// <param name="workers">How many workers write.</param>
internal sealed class LogWriters(AccessLogs logs, int workers)
{
    private readonly Dictionary<(AccessLog Log, AccessLogFormat Format), AccessLogWriter[]> _writers = [];

    /// <summary>A writer for each worker, by its index.</summary>
    /// <param name="config">What to log where; a relative path counts from the configuration file.</param>
    /// <param name="file">The configuration file.</param>
    /// <exception cref="IOException">The file cannot be opened; the message says why.</exception>
    internal IReadOnlyList<AccessLogWriter> Open(AccessLogConfig config, string file)
    {
        AccessLog log = logs.Open(
            config.FilePath is null ? config : config with { FilePath = ConfigPaths.Resolve(config.FilePath, file) });
        if (!_writers.TryGetValue((log, config.Format), out AccessLogWriter[]? writers))
        {
            writers = [.. Enumerable.Range(0, workers).Select(worker => log.Writer(worker, config.Format))];
            _writers.Add((log, config.Format), writers);
        }

        return writers;
    }
}
