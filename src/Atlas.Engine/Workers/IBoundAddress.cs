using Atlas.Engine.Streams;

namespace Atlas.Engine.Workers;

/// <summary>An address that is served. What it is told, workers do after the call has returned; <see cref="WorkerGroup.Settle"/> waits
/// for them.</summary>
public interface IBoundAddress
{
    /// <summary>Where, with the port that the kernel chose where 0 was asked for.</summary>
    SocketAddress Address { get; }

    /// <summary>Its sockets, for another process to serve as well; empty where it has none. Valid until it is closed.</summary>
    IReadOnlyList<int> Descriptors { get; }

    /// <summary>Takes nothing for now: what comes waits in the kernel. What is under way goes on.</summary>
    void Hold();

    /// <summary>Goes on after <see cref="Hold"/>.</summary>
    void Resume();

    /// <summary>Takes nothing new there; what is under way goes on. Idempotent.</summary>
    void Close();

    /// <summary>The same where another process serves the sockets from now on: what waits in them is its, and a path stays. Idempotent,
    /// and without effect after <see cref="Close"/>.</summary>
    void LetGo();
}
