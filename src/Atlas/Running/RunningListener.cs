using Atlas.Core.Configuration;
using Atlas.Engine.Workers;
using Atlas.Proxy;

namespace Atlas.Running;

/// <summary>A listener that accepts connections: what stays the same while its configuration changes.</summary>
internal sealed class RunningListener(HttpListener listener, ListenOptions options)
{
    /// <summary>What serves.</summary>
    internal HttpListener Listener { get; } = listener;

    /// <summary>How it listens; one for all its addresses, so that their connections count together.</summary>
    internal ListenOptions Options { get; } = options;

    /// <summary>What the configuration says at present.</summary>
    internal required ListenerConfig Config { get; set; }

    /// <summary>Each address as it is written, and as it is bound.</summary>
    internal required IReadOnlyList<(BindAddress Written, BoundAddress Bound)> Addresses { get; set; }

    internal string Name => Config.Name;

    /// <summary>Stops accepting on all addresses; connections go on.</summary>
    internal void Close()
    {
        foreach ((_, BoundAddress bound) in Addresses)
        {
            bound.Close();
        }
    }
}
