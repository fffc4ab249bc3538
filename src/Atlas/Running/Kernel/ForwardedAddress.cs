using Atlas.Engine.Workers;
using SocketAddress = Atlas.Engine.Streams.SocketAddress;

namespace Atlas.Running.Kernel;

/// <summary>An address whose packets the kernel forwards: no socket is bound to it. What is taken there is a matter of the
/// ruleset as a whole.</summary>
internal sealed class ForwardedAddress(SocketAddress address) : IBoundAddress
{
    public SocketAddress Address => address;

    public void Close()
    {
        // The next ruleset has no such address, or takes nothing new.
    }
}
