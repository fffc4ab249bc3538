using System.Net;
using Atlas.Core.Configuration;
using Atlas.Engine.Filters;

namespace Atlas.Running.HighAvailability;

/// <summary>What a configuration serves to clients, and where: by its listeners, and by the zone's server. What the kernel forwards
/// (<c>mode: kernel</c>) does not come to this host, so that it needs no leave. Immutable.</summary>
internal sealed class ServedPorts
{
    private readonly (IPAddress Ip, AcceptedPort Port)[] _all;

    private ServedPorts(IEnumerable<(IPAddress Ip, AcceptedPort Port)> all, int leaveMs)
    {
        _all = [.. all];
        LeaveMs = leaveMs;
    }

    /// <summary>Nothing.</summary>
    internal static ServedPorts None { get; } = new([], 0);

    /// <summary>How long what is open may last where it is served no more.</summary>
    internal int LeaveMs { get; }

    /// <summary>What a configuration serves.</summary>
    internal static ServedPorts Of(AtlasConfig config)
    {
        IEnumerable<(BindAddress Bind, bool IsUdp)> listeners = config.Listeners
            .SelectMany(listener => listener.Bind.Select(bind => (bind, listener.Protocol == ListenerProtocol.Udp)));
        BindAddress? zone = config.HighAvailability?.ActiveActive?.Bind;
        IEnumerable<(BindAddress Bind, bool IsUdp)> dns = zone is null ? [] : [(zone, true), (zone, false)];
        return new ServedPorts(
            listeners.Concat(dns)
                .Where(served => served.Bind.Ip is not null && served.Bind.Port > 0)
                .Select(served => (served.Bind.Ip!, new AcceptedPort(served.IsUdp, served.Bind.Port))),
            Math.Max(config.Runtime.Shutdown.DeadlineMs, config.Runtime.Shutdown.TunnelDeadlineMs));
    }

    /// <summary>What is served at the addresses of a virtual router: at themselves, or at every address. A socket of every IPv6 address may
    /// take IPv4 as well.</summary>
    internal IReadOnlyList<AcceptedPort> At(VirtualRouterConfig router) =>
    [
        .. _all.Where(served =>
                served.Ip.Equals(IPAddress.IPv6Any)
                || (served.Ip.Equals(IPAddress.Any) && !router.IsIPv6)
                || router.Addresses.Any(address => address.Address.Equals(served.Ip)))
            .Select(served => served.Port)
            .Distinct(),
    ];
}
