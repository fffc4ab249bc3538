using System.Net;
using Atlas.Core.Configuration;

namespace Atlas.Core.KernelForwarding;

/// <summary>What the kernel does with the flows to a listener at a moment. Immutable.</summary>
public sealed record ForwardedListener
{
    /// <summary>The listener's name.</summary>
    public required string Name { get; init; }

    /// <summary>TCP or UDP.</summary>
    public required ListenerProtocol Protocol { get; init; }

    /// <summary>The addresses that clients ask for, all of one family; an unspecified one stands for all of this host.</summary>
    public required IReadOnlyList<IPEndPoint> Binds { get; init; }

    /// <summary>All servers of the pool, in its order, also those that take no new flows; of the binds' family.</summary>
    public required IReadOnlyList<ForwardedServer> Servers { get; init; }

    /// <summary>Which of them take new flows.</summary>
    public required FlowSlots Slots { get; init; }

    /// <summary>Whether servers see this host's address in place of the client's, so that their replies come back here.</summary>
    public bool HidesClients { get; init; } = true;

    /// <summary>How many leading bits of an IPv6 client's address are hashed, 32 to 128.</summary>
    public int HashIpv6PrefixBits { get; init; } = 64;
}
