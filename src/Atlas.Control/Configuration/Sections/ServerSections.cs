using Atlas.Control.Configuration.Keys;
using Atlas.Control.Configuration.Kinds;
using Atlas.Core.Configuration;

namespace Atlas.Control.Configuration.Sections;

/// <summary>The keys of servers and of what decides on their health.</summary>
internal static class ServerSections
{
    private static readonly string[] DnsKeys = ["port", "type", "refresh"];

    /// <summary><c>expect</c>.</summary>
    public static Section<HealthExpectConfig> HealthExpect { get; } = new Section<HealthExpectConfig>(
        "health_expect", "pools.NAME.health_check.expect", "an 'expect'", "What a good response to a probe is.")
        .Key("status", Kind.OneOrMore(Patterns.Status, 32),
            s => s.Statuses, (s, v) => s with { Statuses = v },
            "Its status is in one of these ranges.")
        .Key("headers", HeaderMaps.HeaderMatches,
            s => s.Headers, (s, v) => s with { Headers = v },
            "Headers of the response, all of which match.")
        .Key("body", Patterns.Body,
            s => s.Body, (s, v) => s with { Body = v },
            "What stands in the first 64 KiB of the body; empty: any body.")
        .Key("reply", Payloads.Reply,
            s => s.Reply, (s, v) => s with { Reply = v },
            "UDP: what the answer begins with, or a regular expression that it matches (each byte a character); empty: any answer.");

    /// <summary><c>health_check</c>.</summary>
    public static Section<HealthCheckConfig> HealthCheck { get; } = new Section<HealthCheckConfig>(
        "health_check", "pools.NAME.health_check", "a 'health_check'",
        "Active checks of the pool's servers. Without this section there are none.")
        .Key("type", Choices.Of(("http", HealthCheckType.Http), ("tcp", HealthCheckType.Tcp), ("grpc", HealthCheckType.Grpc), ("udp", HealthCheckType.Udp)),
            s => s.Type, (s, v) => s with { Type = v },
            "`http` asks for a path, `tcp` opens a connection, `grpc` calls `grpc.health.v1.Health/Check`, `udp` sends a datagram.")
        .Key("port", Kind.OrWord("server", Numbers.Integer(1, 65_535)),
            s => s.Port, (s, v) => s with { Port = v },
            "The port that is probed, where it is another than the server's.")
        .Key("path", Urls.Target, s => s.Path, (s, v) => s with { Path = v }, "HTTP: the path and query that is asked for.")
        .Key("host", Addresses.Authority,
            s => s.Host, (s, v) => s with { Host = v },
            "HTTP and gRPC: the `Host` of the probe; empty: the server's address.")
        .Key("service", Texts.Any(256),
            s => s.Service, (s, v) => s with { Service = v },
            "gRPC: the service whose health is asked for; empty: the server as a whole.")
        .Key("send", Payloads.Payload,
            s => s.Send, (s, v) => s with { Send = v },
            "UDP: the datagram that is sent, as text or in hexadecimal.")
        .Key("expect", Kind.Map(HealthExpect), s => s.Expect, (s, v) => s with { Expect = v }, "HTTP and UDP: what a good response is.")
        .Key("interval", Durations.Milliseconds(100, SectionLimits.LongestMs),
            s => s.IntervalMs, (s, v) => s with { IntervalMs = v },
            "Between the starts of two probes of a server.")
        .Key("timeout", Durations.Milliseconds(10, 300_000),
            s => s.TimeoutMs, (s, v) => s with { TimeoutMs = v },
            "How long a probe may take; below the interval.")
        .Key("rise", Numbers.Integer(1, 100),
            s => s.Rise, (s, v) => s with { Rise = v },
            "Good probes in a row that bring a server up.")
        .Key("fall", Numbers.Integer(1, 100),
            s => s.Fall, (s, v) => s with { Fall = v },
            "Bad probes in a row that take a server down.");

    /// <summary><c>outlier_detection</c>.</summary>
    public static Section<OutlierDetectionConfig> OutlierDetection { get; } = new Section<OutlierDetectionConfig>(
        "outlier_detection", "pools.NAME.outlier_detection", "an 'outlier_detection'", "Ejects servers that fail real requests.")
        .Key("consecutive_failures", Numbers.Integer(1, 1000),
            s => s.ConsecutiveFailures, (s, v) => s with { ConsecutiveFailures = v },
            "Failures in a row that eject a server.")
        .Key("eject_for", Durations.Milliseconds(100, SectionLimits.LongestMs),
            s => s.EjectForMs, (s, v) => s with { EjectForMs = v },
            "How long the first ejection lasts; further ones last longer.")
        .Key("max_ejected", Numbers.Share(),
            s => s.MaxEjectedShare, (s, v) => s with { MaxEjectedShare = v },
            "The most of the pool's servers that may be ejected; never the last one.");

    /// <summary>A server.</summary>
    public static Section<ServerConfig> Server { get; } = new Section<ServerConfig>(
        "server", "pools.NAME.servers[]", "a server",
        "A server, or a name whose DNS records are servers. Each has either `address` or `dns`; an address alone is the "
            + "short form.")
        .Key("name", Texts.Name,
            s => s.Name, (s, v) => s with { Name = v },
            "Its name, unique in the pool.", otherwise: "its address, or its DNS name and port")
        .Key("address", new OptionalKind<ServerAddress>(Addresses.Server, "absent"),
            s => s.Address, (s, v) => s with { Address = v },
            "Where it is: `HOST:PORT`, `[IPv6]:PORT` or `unix:/PATH`. A host name stands for a server at each of its addresses.")
        .Key("dns", Kind.Optional(Addresses.DnsName),
            s => Dns(s).Name is "" ? null : Dns(s).Name, (s, v) => s with { Dns = Dns(s) with { Name = v ?? "" } },
            "A name whose addresses are servers; it is resolved again and again. Each is named NAME@ADDRESS:PORT.")
        .Key("port", Numbers.Integer(1, 65_535),
            s => Dns(s).Port, (s, v) => s with { Dns = Dns(s) with { Port = v } },
            "With `dns`: the port; SRV records have their own.", otherwise: "must be written, except for SRV")
        .Key("type", Choices.Of(("a", DnsRecordType.A), ("aaaa", DnsRecordType.Aaaa), ("srv", DnsRecordType.Srv)),
            s => Dns(s).RecordType, (s, v) => s with { Dns = Dns(s) with { RecordType = v } },
            "With `dns`: the records that are asked for.")
        .Key("refresh", Durations.Milliseconds(1000, 3_600_000),
            s => Dns(s).RefreshMs, (s, v) => s with { Dns = Dns(s) with { RefreshMs = v } },
            "With `dns`: the longest time between questions; an answer that lives shorter is asked for sooner, after 1 s at least.")
        .Key("weight", Numbers.Integer(0, 65_535),
            s => s.Weight, (s, v) => s with { Weight = v },
            "Its share against the others; 0: no new requests.")
        .Key("max_connections", Kind.OrWord("none", Numbers.Integer(1, 1_000_000)),
            s => s.MaxConnections, (s, v) => s with { MaxConnections = v },
            "HTTP: requests at once; TCP: connections at once; UDP: sessions at once.")
        .Key("backup", Numbers.Bool,
            s => s.Backup, (s, v) => s with { Backup = v },
            "Used only while no other server of the pool is usable.")
        .Finish(Complete);

    /// <summary>An element of <c>servers</c>.</summary>
    public static SectionKind<ServerConfig> ServerOrAddress { get; } = new(Server, new ShortServerKind());

    /// <summary>The name of a server that has none of its own.</summary>
    public static string DefaultName(ServerConfig server) =>
        server.Address?.ToString() ?? (server.Dns is not { } dns ? "" : dns.Port == 0 ? dns.Name : $"{dns.Name}:{dns.Port}");

    private static DnsSourceConfig Dns(ServerConfig server) => server.Dns ?? new DnsSourceConfig("", 0);

    private static ServerConfig Complete(ServerConfig server, Reading reading)
    {
        var source = server.Source;
        bool hasDns = source.IsWritten("dns");
        if (source.IsWritten("address") == hasDns)
        {
            reading.Add(hasDns ? source.PositionOf("dns") : source.Position, hasDns
                ? "a server has both 'address' and 'dns': keep one of them"
                : "a server needs 'address' (such as 10.0.0.1:80) or 'dns' (a name that is resolved again and again)");
        }
        else if (!hasDns)
        {
            foreach (string key in DnsKeys.Where(source.IsWritten))
            {
                string remedy = key == "port" ? "write the port into the address" : "remove it";
                reading.Add(source.PositionOf(key), $"'{key}' belongs to 'dns', and this server has an 'address': {remedy}");
            }
        }
        else if (server.Dns is { RecordType: DnsRecordType.Srv } && source.IsWritten("port"))
        {
            reading.Add(source.PositionOf("port"), "SRV records have ports of their own: remove 'port', or ask for type a or aaaa");
        }
        else if (server.Dns is { RecordType: DnsRecordType.Srv } && source.IsWritten("weight"))
        {
            reading.Add(source.PositionOf("weight"), "SRV records have weights of their own: remove 'weight'");
        }
        else if (server.Dns is { RecordType: not DnsRecordType.Srv } && !source.IsWritten("port"))
        {
            reading.Add(source.PositionOf("dns"), "a server with 'dns' needs 'port', from 1 to 65535 (only type srv has none)");
        }

        var complete = hasDns ? server : server with { Dns = null };
        return complete.Name.Length > 0 ? complete : complete with { Name = DefaultName(complete) };
    }
}
