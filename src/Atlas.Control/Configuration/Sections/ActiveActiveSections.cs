using System.Net;
using Atlas.Control.Configuration.Keys;
using Atlas.Control.Configuration.Kinds;
using Atlas.Core.Configuration;

namespace Atlas.Control.Configuration.Sections;

/// <summary>The keys of <c>high_availability.active_active</c>.</summary>
internal static class ActiveActiveSections
{
    // What resolvers look at of a zone's name servers; the root has as many.
    private const int MaxNameServers = 13;

    // Both families, and a few networks.
    private const int MaxAddresses = 8;

    // Up to here the turns of 64 nodes are a table.
    private const int MaxWeight = 100;

    // So many that it limits nobody.
    private const int MaxResponses = 1_000_000;

    private static readonly ScalarKind<string> RecordName = Texts.Make(
        "a name in the zone, such as www, or @ for the zone itself",
        text => text == "@" || HostName.IsValid(text + ".x"),
        Schema.Text("@|[A-Za-z0-9._-]+"),
        ("@", true),
        ("a..b", false));

    /// <summary>A value of <c>nodes</c>.</summary>
    public static Section<DnsNodeConfig> Node { get; } = new Section<DnsNodeConfig>(
        "dns_node", "high_availability.active_active.records.NAME.nodes.NODE", "a node",
        "A node in answers. Its address alone is the short form.")
        .Key("address", Kind.OneOrMore(Addresses.Ip, MaxAddresses),
            s => s.Addresses, (s, v) => s with { Addresses = v },
            "The addresses that clients get for it, IPv4 and IPv6.", required: true)
        .Key("weight", Numbers.Integer(0, MaxWeight),
            s => s.Weight, (s, v) => s with { Weight = v },
            "How often it comes first in answers, against the others; 0: it is named only where no other node can be.");

    /// <summary>A value of <c>records</c>.</summary>
    public static Section<DnsAnswerConfig> Answer { get; } = new Section<DnsAnswerConfig>(
        "dns_record", "high_availability.active_active.records.NAME", "a record",
        "A name in the zone and the nodes that it stands for.")
        .Key("nodes",
            new NamedSectionsKind<DnsNodeConfig>(
                Node,
                Texts.Name,
                SectionLimits.Few,
                (s, name) => s with { Node = name },
                new MappedKind<IPAddress, DnsNodeConfig>(
                    Addresses.Ip, address => new DnsNodeConfig { Addresses = [address] }, node => node.Addresses[0])),
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
        .Key("name_servers", Kind.AnyNumber(Addresses.DnsName, MaxNameServers),
            s => s.NameServers, (s, v) => s with { NameServers = v },
            "The zone's name servers, the same that the zone above delegates to. Empty: `ns` in the zone, which stands for all nodes.")
        .Key("response_limit",
            new OrWordKind<Rate?>(
                "none",
                rate => rate is null,
                null,
                new MappedKind<Rate, Rate?>(Numbers.Rate(MaxResponses), rate => rate, rate => rate ?? default)),
            s => s.ResponseLimit, (s, v) => s with { ResponseLimit = v },
            "How many equal answers the clients of a network, /24 or /56, get over UDP. Of those above it every second is empty and "
                + "says that the question goes over TCP (an error goes out as it is), the others are not sent.")
        .Key("records",
            new NamedSectionsKind<DnsAnswerConfig>(Answer, RecordName, SectionLimits.Records, (s, name) => s with { Name = name }),
            s => s.Records, (s, v) => s with { Records = v },
            "The names in the zone.", required: true);
}
