using Atlas.Proxy.Logging;
using Atlas.Proxy.Metrics;
using Atlas.Proxy.Snapshots;

namespace Atlas.Proxy.Http;

/// <summary>What one worker counts and logs of one listener.</summary>
internal sealed class ListenerView(string name, ListenerCounters counters, int worker)
{
    private readonly byte[] _name = System.Text.Encoding.UTF8.GetBytes(name);
    private AccessLog? _log;
    private AccessLogWriter? _writer;

    internal ListenerCounters Counters { get; } = counters;

    internal string ListenerName { get; } = name;

    /// <summary>Sessions that are open.</summary>
    internal int Sessions { get; private set; }

    internal ReadOnlySpan<byte> Name => _name;

    internal void SessionOpened()
    {
        Sessions++;
        Counters.ConnectionOpened();
    }

    internal void SessionClosed()
    {
        Sessions--;
        Counters.ConnectionClosed();
    }

    /// <summary>The worker's writer into the log that a snapshot names; null where it names none.</summary>
    internal AccessLogWriter? LogOf(HttpListenerSnapshot snapshot)
    {
        if (snapshot.AccessLog != _log || (_writer is not null && _writer.Format != snapshot.AccessLogFormat))
        {
            _log = snapshot.AccessLog;
            _writer = _log?.Writer(worker, snapshot.AccessLogFormat);
        }

        return _writer;
    }
}
