using System.Net;
using System.Net.Sockets;
using Atlas.Core.Configuration;

namespace Atlas.Control.Configuration.Validation;

/// <summary>What nodes, virtual routers and the zone must be among each other.</summary>
internal static class HighAvailabilityRules
{
    /// <summary>Adds an error for every rule that the section breaks.</summary>
    public static void Check(HighAvailabilityConfig? section, KnownNames names, Findings findings)
    {
        if (section is null)
        {
            return;
        }

        if (section.Peers.Count > 0 && !section.Source.IsWritten("secret"))
        {
            findings.Add(
                section.Position,
                "'high_availability' has peers and needs 'secret', so that nodes can trust each other: write secret: { file: PATH }");
        }

        CheckPeers(section, findings);
        CheckBind(section, findings);
        foreach (var router in section.ActivePassive)
        {
            CheckFamilies(router, findings);
            CheckStore(router, names, findings);
            foreach (var (address, kind) in router.Addresses.Select(one => (one, one.ReservedFor)).Where(one => one.ReservedFor is not null))
            {
                findings.Add(
                    router,
                    "addresses",
                    $"'addresses' has {address}, which is {kind}, and no host's: write an address within the network, or its right prefix length");
            }

            foreach (string pool in router.Track.Pools)
            {
                findings.Refer(router.Track.Source.PositionOf("pools"), "pool", pool, names.Pools);
            }

            if (router.PreemptDelayMs > 0 && !router.Preempt)
            {
                findings.Add(router, "preempt_delay", "'preempt_delay' needs preempt: true; without it nobody is preempted: leave it out");
            }

            if (router.Priority == 255 && !router.Accept)
            {
                findings.Add(
                    router,
                    "accept",
                    "'accept' false is not for the owner of the addresses ('priority' 255), who takes what is sent to them (RFC 9568 6.1): "
                        + "write 254 at most, or leave 'accept' out");
            }

            if (router.Priority == 255 && (router.Track.Pools.Count > 0 || router.Track.Source.IsWritten("penalty")))
            {
                findings.Add(
                    router,
                    "priority",
                    "'priority' 255 is the owner's, whom nothing lowers (RFC 9568 5.2.4): write 254 at most, or leave 'track' out");
            }
        }

        findings.Unique(
            section.ActivePassive.Where(router => router.Source.IsWritten("router_id") && router.Addresses.Count > 0),
            router => $"{router.RouterId} on {router.Interface}{(router.IsIPv6 ? " (IPv6)" : "")}",
            router => router.Source.PositionOf("router_id"),
            (id, line) => $"two virtual routers have the id {id}, the first in line {line}: ids are unique on an interface");
        findings.Unique(
            section.ActivePassive.SelectMany(router => router.Addresses.Select(own => own.Address).Distinct().Select(ip => (Router: router, Ip: ip))),
            pair => pair.Ip.IsIPv6LinkLocal ? $"{pair.Ip} on {pair.Router.Interface}" : $"{pair.Ip}",
            pair => pair.Router.Source.PositionOf("addresses"),
            (address, line) => $"two virtual routers have the address {address}, the first in line {line}: each would take it from the other");
        ActiveActiveRules.Check(section, findings);
    }

    private static void CheckPeers(HighAvailabilityConfig section, Findings findings)
    {
        foreach (var peer in section.Peers.Where(peer => peer.Name.Length > 0 && peer.Name == section.Node))
        {
            findings.Add(peer, "name", $"'{peer.Name}' is this node itself: peers are the other nodes");
        }

        findings.Unique(
            section.Peers,
            peer => peer.Name,
            peer => peer.Source.PositionOf("name"),
            (name, line) => $"two peers have the name '{name}', the first in line {line}: each node has its own");
        findings.Unique(
            section.Peers,
            peer => peer.Address?.ToString(),
            peer => peer.Source.PositionOf("address"),
            (address, line) => $"two peers have the address {address}, the first in line {line}: each node has its own");
    }

    private static void CheckBind(HighAvailabilityConfig section, Findings findings)
    {
        foreach (var peer in section.Peers.Where(peer => peer.Address?.UnixPath is not null))
        {
            findings.Add(peer, "address", "a peer is another machine: write its address and port, such as 10.0.0.2:9901");
        }

        var peers = section.Peers.Where(peer => peer.Address is { UnixPath: null }).ToList();
        if (section.Bind is not { } bind)
        {
            if (peers.Find(peer => peer.Address!.Port != peers[0].Address!.Port) is { } other && !section.Source.IsWritten("bind"))
            {
                findings.Add(
                    other,
                    "address",
                    $"peers have the ports {peers[0].Address!.Port} and {other.Address!.Port}, so that this node's own must be written: bind: 0.0.0.0:PORT");
            }

            return;
        }

        if (bind.UnixPath is not null)
        {
            findings.Add(section, "bind", "peers are other machines, and cannot reach a Unix socket: write an address, such as 0.0.0.0:9901");
            return;
        }

        if (bind.Port == 0)
        {
            findings.Add(section, "bind", "peers send to a port that they know: write one, such as 9901");
            return;
        }

        // A socket of every IPv6 address takes IPv4 as well.
        bool takesIPv4 = !IsIPv6(bind.Ip!) || bind.Ip!.Equals(IPAddress.IPv6Any);
        foreach (var peer in peers.Where(peer => peer.Address!.Ip is { } ip && (IsIPv6(ip) ? !IsIPv6(bind.Ip!) : !takesIPv4)))
        {
            findings.Add(peer, "address", $"'bind' {bind} cannot send to {peer.Address}: write [::]:{bind.Port} there for IPv4 and IPv6");
        }
    }

    private static void CheckFamilies(VirtualRouterConfig router, Findings findings)
    {
        if (router.Addresses.Count == 0)
        {
            return;
        }

        bool isIPv6 = router.IsIPv6;
        if (router.Addresses.Any(address => IsIPv6(address.Address) != isIPv6))
        {
            findings.Add(router, "addresses", "'addresses' has both IPv4 and IPv6, and a virtual router has one of them (RFC 9568 1): make two");
        }

        if (router.SourceAddress is { } source && IsIPv6(source) != isIPv6)
        {
            findings.Add(router, "source", $"'source' must be {(isIPv6 ? "IPv6" : "IPv4")}, as 'addresses' is");
        }

        if (router.UnicastPeers.Any(peer => IsIPv6(peer) != isIPv6))
        {
            findings.Add(router, "unicast_peers", $"'unicast_peers' must be {(isIPv6 ? "IPv6" : "IPv4")}, as 'addresses' is");
        }
    }

    private static void CheckStore(VirtualRouterConfig router, KnownNames names, Findings findings)
    {
        findings.Refer(router.Source.PositionOf("store"), "store", router.Store, names.Stores);
        if (router.Store is { } store && names.Stores.Contains(store) && !names.SharedStores.Contains(store))
        {
            findings.Add(router, "store", $"store '{store}' is this process's memory, where no other node finds the lease: name one of type redis");
        }
    }

    private static bool IsIPv6(IPAddress address) => address.AddressFamily == AddressFamily.InterNetworkV6;
}
