using Atlas.Engine.Buffers;
using Atlas.Protocols.ProxyProtocol;

namespace Atlas.Proxy.Connections;

/// <summary>What was taken of the PROXY protocol header of a connection.</summary>
internal readonly struct ProxyIntake
{
    internal ProxyIntakeStatus Status { get; init; }

    /// <summary>Why the header is refused.</summary>
    internal ProxyHeaderError Error { get; init; }

    /// <summary>The client; empty: the socket's own address holds (LOCAL, UNKNOWN, and clients without an IP address).</summary>
    internal ProxyEndpoint Client { get; init; }

    /// <summary>What the client connected to; empty along with <see cref="Client"/>.</summary>
    internal ProxyEndpoint Destination { get; init; }

    /// <summary>What came behind the header, from the buffer's first byte on; the caller's to give back. Null: nothing
    /// came.</summary>
    internal NativeBuffer? Rest { get; init; }

    /// <summary>The bytes in <see cref="Rest"/>.</summary>
    internal int RestLength { get; init; }
}
