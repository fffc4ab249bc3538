using Atlas.Engine.Flows;
using Atlas.Engine.Workers;

namespace Atlas.Engine.Tests.Streams;

/// <summary>Where the contract of streams is tested: a loop, addresses to connect to, and a way to run a flow there.</summary>
public interface IStreamWorld : IDisposable
{
    EventLoop Loop { get; }

    /// <summary>An address where nobody listens.</summary>
    SocketAddress Refusing { get; }

    /// <summary>An address that never answers; null where there is none of this kind.</summary>
    SocketAddress? Silent { get; }

    /// <summary>Whether a peer can tell a reset from an end; unix sockets have no reset.</summary>
    bool HasResets { get; }

    /// <summary>Listens at a new address.</summary>
    SocketAddress Listen(IConnectionHandler handler);

    /// <summary>Runs a flow on the loop's thread to its end, and throws what it threw.</summary>
    void Run(Func<Flow> flow);
}
