using Atlas.Engine.Streams;

namespace Atlas.Engine.Workers;

/// <summary>An address that is served.</summary>
public interface IBoundAddress
{
    /// <summary>Where, with the port that the kernel chose where 0 was asked for.</summary>
    SocketAddress Address { get; }

    /// <summary>Takes nothing new there; what is under way goes on. Idempotent.</summary>
    void Close();
}
