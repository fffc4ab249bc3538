using System.Net;
using Atlas.Control.Configuration.Keys;
using Atlas.Control.Configuration.Kinds;
using Atlas.Core.Configuration;

namespace Atlas.Control.Configuration.Sections;

/// <summary>The keys of <c>high_availability</c>.</summary>
internal static class HighAvailabilitySections
{
    // IFNAMSIZ of if.h is 16 with the closing 0; the kernel's dev_valid_name refuses slashes, colons and spaces.
    private static readonly ScalarKind<string> Interface = Texts.Make(
        "the name of a network interface, such as eth0, at most 15 characters",
        text => text.Length is > 0 and <= 15 && text is not ("." or "..") && text.All(c => c is > ' ' and <= '~' and not ('/' or ':')),
        Schema.Text("[!-.0-9;-~]{1,15}"),
        (new string('e', 15), true),
        (new string('e', 16), false));

    private static readonly ScalarKind<string> RecordName = Texts.Make(
        "a name in the zone, such as www, or @ for the zone itself",
        text => text == "@" || HostName.IsValid(text + ".x"),
        Schema.Text("@|[A-Za-z0-9._-]+"),
        ("@", true),
        ("a..b", false));

    private static readonly PairsKind<string, IPAddress, DnsNodeConfig> Nodes = new(
        Texts.Name,
        Addresses.Ip,
        SectionLimits.Few,
        StringComparer.Ordinal,
        (node, address, _) => new DnsNodeConfig(node, address),
        node => (node.Node, node.Address));

    /// <summary>An element of <c>peers</c>.</summary>
    public static Section<PeerConfig> Peer { get; } = new Section<PeerConfig>(
        "peer", "high_availability.peers[]", "a peer", "Another node.")
        .Key("name", Texts.Name, s => s.Name, (s, v) => s with { Name = v }, "Its name.", required: true)
        .Key("address", new OptionalKind<ServerAddress>(Addresses.Server, "absent"),
            s => s.Address, (s, v) => s with { Address = v },
            "Where it listens for the other nodes.", required: true);

    /// <summary>An element of <c>active_passive</c>.</summary>
    public static Section<VirtualRouterConfig> VirtualRouter { get; } = new Section<VirtualRouterConfig>(
        "virtual_router", "high_availability.active_passive[]", "a virtual router",
        "Addresses that move to a living node by VRRPv3 (RFC 9568).")
        .Key("interface", Interface,
            s => s.Interface, (s, v) => s with { Interface = v },
            "The network interface that has the addresses.", required: true)
        .Key("router_id", Numbers.Integer(1, 255),
            s => s.RouterId, (s, v) => s with { RouterId = v },
            "The same on all nodes, and unique in the network.", required: true)
        .Key("priority", Numbers.Integer(1, 255),
            s => s.Priority, (s, v) => s with { Priority = v },
            "The living node with the highest has the addresses; 255 is for their owner.")
        .Key("addresses", Kind.OneOrMore(Addresses.Interface, 255),
            s => s.Addresses, (s, v) => s with { Addresses = v },
            "The addresses, all IPv4 or all IPv6, each with the length of its network's prefix.", required: true)
        .Key("advertise", Durations.Milliseconds(10, 40_950, stepMs: 10),
            s => s.AdvertiseMs, (s, v) => s with { AdvertiseMs = v },
            "Between advertisements; a node is taken for dead after three of them.")
        .Key("preempt", Numbers.Bool,
            s => s.Preempt, (s, v) => s with { Preempt = v },
            "Whether a node takes the addresses from a living one of lower priority.")
        .Key("unicast_peers", Kind.AnyNumber(Addresses.Ip, SectionLimits.Few),
            s => s.UnicastPeers, (s, v) => s with { UnicastPeers = v },
            "The nodes that advertisements go to; empty: to all by multicast.");

    /// <summary>A value of <c>records</c>.</summary>
    public static Section<DnsAnswerConfig> Answer { get; } = new Section<DnsAnswerConfig>(
        "dns_record", "high_availability.active_active.records.NAME", "a record",
        "A name in the zone and the nodes that it stands for.")
        .Key("nodes", Nodes,
            s => s.Nodes, (s, v) => s with { Nodes = v },
            "Each node's address; nodes that do not live are left out of answers.", required: true);

    /// <summary><c>active_active</c>.</summary>
    public static Section<ActiveActiveConfig> ActiveActive { get; } = new Section<ActiveActiveConfig>(
        "active_active", "high_availability.active_active", "an 'active_active'",
        "An authoritative DNS server that answers with living nodes only, in turns.")
        .Key("bind", new OptionalKind<BindAddress>(BindKind.Instance, "absent"),
            s => s.Bind, (s, v) => s with { Bind = v },
            "Where it listens, UDP and TCP.", required: true)
        .Key("zone", Addresses.DnsName,
            s => s.Zone, (s, v) => s with { Zone = v },
            "The zone that it answers for.", required: true)
        .Key("ttl", Durations.Seconds(0, 86_400),
            s => s.TtlSeconds, (s, v) => s with { TtlSeconds = v },
            "The time to live of its answers.")
        .Key("records",
            new NamedSectionsKind<DnsAnswerConfig>(Answer, RecordName, SectionLimits.Records, (s, name) => s with { Name = name }),
            s => s.Records, (s, v) => s with { Records = v },
            "The names in the zone.", required: true);

    /// <summary><c>high_availability</c>.</summary>
    public static Section<HighAvailabilityConfig> HighAvailability { get; } = new Section<HighAvailabilityConfig>(
        "high_availability", "high_availability", "'high_availability'", "How several nodes stand in for each other.")
        .Key("node", Texts.Name, s => s.Node, (s, v) => s with { Node = v }, "This node's name.", required: true)
        .Key("secret", Kind.OptionalMap(ProcessSections.Secret),
            s => s.Secret, (s, v) => s with { Secret = v },
            "What the nodes prove themselves to each other with; must be there where peers are.")
        .Key("bind", new OptionalKind<BindAddress>(BindKind.Instance, "every address, at the peers' port"),
            s => s.Bind, (s, v) => s with { Bind = v },
            "Where it hears the other nodes, UDP; must be written where peers have several ports.")
        .Key("peers", Kind.ListOf(Kind.Map(Peer), 0, SectionLimits.Few),
            s => s.Peers, (s, v) => s with { Peers = v },
            "The other nodes.")
        .Key("active_passive", Kind.ListOf(Kind.Map(VirtualRouter), 0, SectionLimits.Few),
            s => s.ActivePassive, (s, v) => s with { ActivePassive = v },
            "Addresses that move to a living node.")
        .Key("active_active", Kind.OptionalMap(ActiveActive),
            s => s.ActiveActive, (s, v) => s with { ActiveActive = v },
            "A DNS server that answers with living nodes only.");
}
