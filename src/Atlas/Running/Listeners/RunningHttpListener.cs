using Atlas.Core.Configuration;
using Atlas.Engine.Workers;
using Atlas.Proxy;
using Atlas.Proxy.Snapshots;
using SocketAddress = Atlas.Engine.Streams.SocketAddress;

namespace Atlas.Running.Listeners;

/// <summary>A listener for HTTP.</summary>
internal sealed class RunningHttpListener(HttpProxy proxy, HttpListener listener, ListenOptions options) : RunningStreamListener(options)
{
    internal override string Protocol => "http";

    internal override long WebSocketsTold => listener.WebSocketsTold;

    internal override bool CanBecome(ListenerSnapshot snapshot) => snapshot is HttpListenerSnapshot;

    internal override void Adopt(ListenerConfig config, ListenerSnapshot snapshot)
    {
        base.Adopt(config, snapshot);
        listener.Snapshot = (HttpListenerSnapshot)snapshot;
    }

    internal override void Drain(int closeSpreadMs) => proxy.Drain(listener, closeSpreadMs);

    internal override void CloseWebSockets() => proxy.CloseWebSockets(listener);

    internal override void Abort(bool tunnels) => proxy.Abort(listener, tunnels);

    internal override void Abort(Predicate<SocketAddress> isAt) => proxy.Abort(listener, isAt);
}
