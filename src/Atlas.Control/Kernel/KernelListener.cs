using System.Net;
using Atlas.Core.Balancing;
using Atlas.Core.Configuration;
using Atlas.Core.KernelForwarding;

namespace Atlas.Control.Kernel;

/// <summary>A listener in kernel mode, with the pool that its flows go to.</summary>
/// <param name="Config">What the file says of it.</param>
/// <param name="Pool">What the file says of its pool.</param>
/// <param name="Balancer">The pool's balancer, whose roster says who takes new flows.</param>
/// <param name="Servers">The states of the pool's servers, in the order of the file.</param>
public sealed record KernelListener(
    ListenerConfig Config, PoolConfig Pool, PoolBalancer Balancer, IReadOnlyList<BalancedServer> Servers)
{
    /// <summary>What the kernel is to do at this moment.</summary>
    /// <param name="turn">Which ruleset of a row it is for.</param>
    /// <param name="takesNew">Whether new flows are taken at all.</param>
    internal ForwardedListener Now(ulong turn, bool takesNew) => new()
    {
        Name = Config.Name,
        Protocol = Config.Protocol,
        Binds = [.. Config.Bind.Select(bind => new IPEndPoint(bind.Ip!, bind.Port))],
        Servers = [.. Pool.Servers.Select(server => new ForwardedServer(server.Name, server.Address!.Ip!, server.Address.Port))],
        Slots = takesNew ? FlowSlots.Of(Balancer.Algorithm, Balancer.Current.Roster, Servers, turn) : FlowSlots.None,
        HidesClients = Config.Snat,
        HashIpv6PrefixBits = Pool.HashIpv6PrefixBits,
    };
}
