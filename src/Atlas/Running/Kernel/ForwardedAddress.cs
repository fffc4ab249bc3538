using Atlas.Engine.Workers;
using SocketAddress = Atlas.Engine.Streams.SocketAddress;

namespace Atlas.Running.Kernel;

/// <summary>An address whose packets the kernel forwards: no socket is bound to it. What is taken there is a matter of the
/// ruleset as a whole.</summary>
internal sealed class ForwardedAddress(SocketAddress address) : IBoundAddress
{
    public SocketAddress Address => address;

    public IReadOnlyList<int> Descriptors => [];

    public void Hold()
    {
        // The kernel goes on by its rules whichever process writes them.
    }

    public void Resume()
    {
        // As above.
    }

    public void Close()
    {
        // The next ruleset has no such address, or takes nothing new.
    }

    public void LetGo()
    {
        // The rules are another process's from then on.
    }
}
