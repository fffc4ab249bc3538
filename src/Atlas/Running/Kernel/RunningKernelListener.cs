using Atlas.Control.Kernel;
using Atlas.Core.Configuration;
using Atlas.Engine.Workers;
using Atlas.Proxy.Snapshots;
using Atlas.Running.Listeners;
using SocketAddress = Atlas.Engine.Streams.SocketAddress;

namespace Atlas.Running.Kernel;

/// <summary>A listener in kernel mode.</summary>
internal sealed class RunningKernelListener(KernelForwarder kernel) : RunningListener
{
    internal override string Protocol => Config.Protocol == ListenerProtocol.Udp ? "udp" : "tcp";

    internal override string? Mode => "kernel";

    internal override int Connections => kernel.OpenFlows(Name);

    // The kernel's table of flows is for all of the host.
    internal override int MaxConnections => int.MaxValue;

    internal override long AcceptErrors => 0;

    internal override bool CanBecome(ListenerSnapshot snapshot) => snapshot is KernelListenerSnapshot;

    internal override IBoundAddress Bind(WorkerGroup workers, SocketAddress address, bool takesOver) => new ForwardedAddress(address);

    internal override void Drain(int closeSpreadMs)
    {
        // Datagrams have no end that could be waited for.
        if (Config.Protocol == ListenerProtocol.Udp)
        {
            kernel.End(Name);
        }
    }

    internal override void Abort(bool tunnels)
    {
        if (tunnels)
        {
            kernel.End(Name);
        }
    }
}
