using Atlas.Core.Configuration;
using Atlas.Engine.Workers;
using Atlas.Proxy;
using Atlas.Proxy.Snapshots;
using SocketAddress = Atlas.Engine.Streams.SocketAddress;

namespace Atlas.Running;

/// <summary>A listener for HTTP.</summary>
internal sealed class RunningHttpListener(HttpProxy proxy, HttpListener listener, ListenOptions options) : RunningListener
{
    internal override string Protocol => "http";

    internal override int Connections => options.Connections;

    internal override int MaxConnections => options.MaxConnections;

    internal override long AcceptErrors => options.AcceptErrors;

    internal override bool CanBecome(ListenerSnapshot snapshot) => snapshot is HttpListenerSnapshot;

    internal override IBoundAddress Bind(WorkerGroup workers, SocketAddress address) => workers.Listen(address, options);

    internal override void Adopt(ListenerConfig config, ListenerSnapshot snapshot)
    {
        base.Adopt(config, snapshot);
        options.MaxConnections = config.Limits.Connections;
        listener.Snapshot = (HttpListenerSnapshot)snapshot;
    }

    internal override void Drain(int closeSpreadMs) => proxy.Drain(listener, closeSpreadMs);

    internal override void Abort(bool tunnels) => proxy.Abort(listener, tunnels);
}
