using System.Globalization;
using System.Net.Sockets;
using Atlas.Core.Configuration;
using Atlas.Core.KernelForwarding;

namespace Atlas.Control.Kernel;

/// <summary>The addresses of listeners that one rule can look up: of one family and protocol, either all with an address or all
/// for those of this host.</summary>
internal sealed class NftAddresses(bool isIpv6, ListenerProtocol protocol, bool isAny, IReadOnlyList<NftAddress> addresses)
{
    private readonly string _family = isIpv6 ? "ip6" : "ip";

    // What conntrack knows of a flow: what the client asked for, and who answers.
    private string Tuple => isAny
        ? $"ct original proto-dst . ct reply {_family} saddr . ct reply proto-src"
        : $"ct original {_family} daddr . ct original proto-dst . ct reply {_family} saddr . ct reply proto-src";

    /// <summary>A protocol as nft writes it.</summary>
    internal static string Word(ListenerProtocol protocol) => protocol == ListenerProtocol.Udp ? "udp" : "tcp";

    /// <summary>All addresses of listeners, by what one rule can look up.</summary>
    internal static IEnumerable<NftAddresses> Of(IReadOnlyList<ForwardedListener> listeners) =>
        from listener in listeners
        from bind in listener.Binds
        let isIpv6 = bind.AddressFamily == AddressFamily.InterNetworkV6
        let isAny = BindAddress.IsAny(bind.Address)
        let address = new NftAddress(listener, isAny ? null : bind.Address, bind.Port)
        group address by (isIpv6, listener.Protocol, isAny) into same
        orderby same.Key
        select new NftAddresses(same.Key.isIpv6, same.Key.Protocol, same.Key.isAny, [.. same]);

    /// <summary>The rule that goes to a chain of the listener that has a packet's destination.</summary>
    internal string GoTo(Func<string, string> chain)
    {
        string elements = string.Join(", ", addresses.Select(address => $"{address.Written} : goto {chain(address.Listener.Name)}"));
        return isAny
            ? $"fib daddr type local meta nfproto {(isIpv6 ? "ipv6" : "ipv4")} {Word(protocol)} dport vmap {{ {elements} }}"
            : $"{_family} daddr . {Word(protocol)} dport vmap {{ {elements} }}";
    }

    /// <summary>The rule that counts a packet for the listener and the server of its flow.</summary>
    internal string Count(Func<string, string, string> counter)
    {
        string elements = string.Join(
            ", ",
            from address in addresses
            from server in address.Listener.Servers
            let name = counter(address.Listener.Name, server.Name)
            select string.Create(CultureInfo.InvariantCulture, $"{address.Written} . {server.Ip} . {server.Port} : \"{name}\""));
        return $"meta l4proto {Word(protocol)} counter name {Tuple} map {{ {elements} }}";
    }

    /// <summary>The rules that hide clients from servers. One an address, though one lookup would do: nft 1.0.6 does not list sets
    /// of such tuples as it reads them.</summary>
    internal IEnumerable<string> Hide() =>
        from address in addresses
        where address.Listener.HidesClients
        let asked = address.Ip is null ? "" : $"ct original {_family} daddr {address.Ip} "
        let servers = string.Join(", ", address.Listener.Servers.Select(server => server.Ip.ToString()).Distinct(StringComparer.Ordinal))
        select string.Create(
            CultureInfo.InvariantCulture,
            $"ct status dnat meta l4proto {Word(protocol)} {asked}ct original proto-dst {address.Port} ct reply {_family} saddr {{ {servers} }} masquerade");
}
