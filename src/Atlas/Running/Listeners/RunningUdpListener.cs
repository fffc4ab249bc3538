using Atlas.Core.Configuration;
using Atlas.Engine.Handover;
using Atlas.Engine.Workers;
using Atlas.Proxy.Snapshots;
using Atlas.Proxy.Udp;
using SocketAddress = Atlas.Engine.Streams.SocketAddress;

namespace Atlas.Running.Listeners;

/// <summary>A listener for UDP. Its sessions count as connections.</summary>
internal sealed class RunningUdpListener(UdpProxy proxy, UdpListener listener) : RunningListener
{
    internal override string Protocol => "udp";

    internal override int Connections => listener.Sessions;

    internal override int MaxConnections => listener.Snapshot.MaxSessions;

    internal override long AcceptErrors => listener.Refusals;

    internal override bool CanBecome(ListenerSnapshot snapshot) => snapshot is UdpListenerSnapshot;

    internal override IBoundAddress Bind(WorkerGroup workers, SocketAddress address, bool takesOver) =>
        workers.BindDatagrams(address, proxy.Server(listener));

    internal override bool? HasDatagrams => true;

    internal override IBoundAddress Take(WorkerGroup workers, IReadOnlyList<OpenSocket> sockets, bool isHeld) =>
        workers.BindDatagrams(sockets, proxy.Server(listener), isHeld);

    internal override void Adopt(ListenerConfig config, ListenerSnapshot snapshot)
    {
        base.Adopt(config, snapshot);
        listener.Snapshot = (UdpListenerSnapshot)snapshot;
    }

    internal override void Drain(int closeSpreadMs)
    {
        // Clients see no end of a session: each goes on until it is idle or answered, and new ones do not begin, since the
        // address is closed.
    }

    internal override void Abort(bool tunnels) => proxy.Abort(listener);

    /// <summary>See <see cref="UdpProxy.HandOut"/>.</summary>
    internal IReadOnlyList<HandedUdpSession> HandOut(int most) => proxy.HandOut(listener, most);

    /// <summary>See <see cref="UdpProxy.EndHandedOut"/>.</summary>
    internal void EndHandedOut() => proxy.EndHandedOut(listener);

    /// <summary>See <see cref="UdpProxy.TakeBack"/>.</summary>
    internal void TakeBack() => proxy.TakeBack(listener);

    /// <summary>See <see cref="UdpProxy.TakeIn"/>.</summary>
    internal void TakeIn(IReadOnlyList<HandedUdpSession> handed) => proxy.TakeIn(listener, handed);
}
