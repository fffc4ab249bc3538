using Atlas.Core.Configuration;
using Atlas.Engine.Handover;
using Atlas.Engine.Workers;
using Atlas.Proxy.Snapshots;
using SocketAddress = Atlas.Engine.Streams.SocketAddress;

namespace Atlas.Running.Listeners;

/// <summary>A listener for connections, whatever is spoken on them.</summary>
/// <param name="options">How it listens; one for all its addresses, so that their connections count together.</param>
internal abstract class RunningStreamListener(ListenOptions options) : RunningListener
{
    internal override int Connections => options.Connections;

    internal override int MaxConnections => options.MaxConnections;

    internal override long AcceptErrors => options.AcceptErrors;

    internal override IBoundAddress Bind(WorkerGroup workers, SocketAddress address, bool takesOver) => workers.Listen(address, options, takesOver);

    internal override bool? HasDatagrams => false;

    internal override IBoundAddress Take(WorkerGroup workers, IReadOnlyList<OpenSocket> sockets, bool isHeld) =>
        workers.Listen(sockets, options, isHeld);

    internal override void Adopt(ListenerConfig config, ListenerSnapshot snapshot)
    {
        base.Adopt(config, snapshot);
        options.MaxConnections = config.Limits.Connections;
    }
}
