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

    /// <summary>An element of <c>peers</c>.</summary>
    public static Section<PeerConfig> Peer { get; } = new Section<PeerConfig>(
        "peer", "high_availability.peers[]", "a peer", "Another node.")
        .Key("name", Texts.Name, s => s.Name, (s, v) => s with { Name = v }, "Its name.", required: true)
        .Key("address", new OptionalKind<ServerAddress>(Addresses.Server, "absent"),
            s => s.Address, (s, v) => s with { Address = v },
            "Where it listens for the other nodes.", required: true);

    /// <summary><c>track</c>.</summary>
    public static Section<TrackConfig> Track { get; } = new Section<TrackConfig>(
        "track", "high_availability.active_passive[].track", "a 'track'",
        "What lowers this node's priority while it fails.")
        .Key("listeners", Numbers.Bool,
            s => s.Listeners, (s, v) => s with { Listeners = v },
            "Whether the node asks its own listeners, and takes no answer for a failure.")
        .Key("pools", Kind.AnyNumber(Texts.Name, SectionLimits.Few),
            s => s.Pools, (s, v) => s with { Pools = v },
            "Pools that need a server that takes requests.")
        .Key("penalty", Numbers.Integer(1, 254),
            s => s.Penalty, (s, v) => s with { Penalty = v },
            "What each that fails takes from the priority, which stays 1 at least.");

    /// <summary><c>announce</c>.</summary>
    public static Section<AnnounceConfig> Announce { get; } = new Section<AnnounceConfig>(
        "announce", "high_availability.active_passive[].announce", "an 'announce'",
        "How the network is told who has the addresses: by gratuitous ARP and unsolicited neighbour advertisements.")
        .Key("repeat", Numbers.Integer(1, 100),
            s => s.Repeat, (s, v) => s with { Repeat = v },
            "How often at once, by the node that takes them.")
        .Key("again_after", Durations.Milliseconds(0, 600_000),
            s => s.AgainAfterMs, (s, v) => s with { AgainAfterMs = v },
            "After how long as often again, for switches that were not ready; `0s`: not.")
        .Key("refresh", Durations.Milliseconds(0, 86_400_000),
            s => s.RefreshMs, (s, v) => s with { RefreshMs = v },
            "How often once more as long as the node has them; `0s`: never.");

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
        .Key("preempt_delay", Durations.Milliseconds(0, 3_600_000),
            s => s.PreemptDelayMs, (s, v) => s with { PreemptDelayMs = v },
            "How long a node that starts, or is well again, leaves a living one of lower priority alone.")
        .Key("accept", Numbers.Bool,
            s => s.Accept, (s, v) => s with { Accept = v },
            "Whether the node that has the addresses takes whatever is sent to them; `false`: only what listeners and the zone serve there.")
        .Key("unicast_peers", Kind.AnyNumber(Addresses.Ip, SectionLimits.Few),
            s => s.UnicastPeers, (s, v) => s with { UnicastPeers = v },
            "The nodes that advertisements go to, and the only ones that are heard; empty: to all by multicast.")
        .Key("source", new OptionalKind<IPAddress>(Addresses.Ip, "the interface's first address"),
            s => s.SourceAddress, (s, v) => s with { SourceAddress = v },
            "Where advertisements leave from.")
        .Key("store", Kind.OrWord("none", Kind.NameOf("store")),
            s => s.Store, (s, v) => s with { Store = v },
            "A store of Redis in which the master has a lease: a node that hears nobody leaves the addresses to the one that has it. `none`: there "
                + "is no lease.")
        .Key("track", Kind.Map(Track), s => s.Track, (s, v) => s with { Track = v }, "What lowers the priority.")
        .Key("announce", Kind.Map(Announce), s => s.Announce, (s, v) => s with { Announce = v }, "How the network is told.");

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
        .Key("active_active", Kind.OptionalMap(ActiveActiveSections.ActiveActive),
            s => s.ActiveActive, (s, v) => s with { ActiveActive = v },
            "A DNS server that answers with living nodes only.");
}
