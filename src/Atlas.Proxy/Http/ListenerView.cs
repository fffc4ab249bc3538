using System.Text;
using Atlas.Proxy.Metrics;

namespace Atlas.Proxy.Http;

/// <summary>What one worker counts of one listener.</summary>
internal sealed class ListenerView(string name, ListenerCounters counters)
{
    private readonly byte[] _name = Encoding.UTF8.GetBytes(name);

    internal string ListenerName { get; } = name;

    internal ListenerCounters Counters { get; } = counters;

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
}
