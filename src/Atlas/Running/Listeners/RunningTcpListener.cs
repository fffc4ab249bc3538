using Atlas.Core.Configuration;
using Atlas.Engine.Workers;
using Atlas.Proxy.Snapshots;
using Atlas.Proxy.Tcp;
using SocketAddress = Atlas.Engine.Streams.SocketAddress;

namespace Atlas.Running.Listeners;

/// <summary>A listener for TCP connections that are passed on unread.</summary>
internal sealed class RunningTcpListener(TcpProxy proxy, TcpListener listener, ListenOptions options) : RunningStreamListener(options)
{
    internal override string Protocol => "tcp";

    internal override bool CanBecome(ListenerSnapshot snapshot) => snapshot is TcpListenerSnapshot;

    internal override void Adopt(ListenerConfig config, ListenerSnapshot snapshot)
    {
        base.Adopt(config, snapshot);
        listener.Snapshot = (TcpListenerSnapshot)snapshot;
    }

    /// <summary>What is said on its connections is not known, so that none can be asked to end: they end by themselves, or at the
    /// deadline of tunnels.</summary>
    internal override void Drain(int closeSpreadMs) => proxy.Drain(listener);

    internal override void Abort(bool tunnels)
    {
        if (tunnels)
        {
            proxy.Abort(listener);
        }
    }

    internal override void Abort(Predicate<SocketAddress> isAt) => proxy.Abort(listener, isAt);
}
