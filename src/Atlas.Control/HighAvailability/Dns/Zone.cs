using Atlas.Core.Configuration;
using Atlas.Protocols.Dns;

namespace Atlas.Control.HighAvailability.Dns;

/// <summary>The zone as the configuration has it. Immutable but for the turns of its names.</summary>
internal sealed class Zone
{
    /// <summary>How long may be remembered who the name servers are, in seconds; no more than a configuration lasts.</summary>
    internal const uint NameServerTtlSeconds = 3_600;

    private readonly Dictionary<DnsName, ZoneName> _names = [];

    /// <summary>The zone of a configuration without errors.</summary>
    internal Zone(ActiveActiveConfig config)
    {
        Config = config;
        Name = Parse(config.Zone);
        TtlSeconds = (uint)config.TtlSeconds;
        Mailbox = Parse(config.Mailbox);
        NameServers = config.NameServers.Count > 0 ? [.. config.NameServers.Select(Parse)] : [Parse("ns." + config.Zone)];
        foreach (DnsAnswerConfig record in config.Records)
        {
            Add(Parse(record.FullNameIn(config.Zone)), record.Nodes, TtlSeconds, hasAll: false);
        }

        if (config.NameServers.Count == 0 && !_names.ContainsKey(NameServers[0]))
        {
            // Which of its name servers answers a resolver finds out itself. An address that it lost would have it ask the node that
            // said so, which may be cut off, and no other.
            Add(NameServers[0], NodesOf(config), NameServerTtlSeconds, hasAll: true);
        }

        foreach (DnsName name in _names.Keys.Append(Name).ToArray())
        {
            for (DnsName above = name; above.IsWithin(Name) && !above.IsRoot; above = above.Parent)
            {
                if (!_names.ContainsKey(above))
                {
                    Add(above, [], TtlSeconds, hasAll: false);
                }
            }
        }
    }

    internal ActiveActiveConfig Config { get; }

    internal DnsName Name { get; }

    internal uint TtlSeconds { get; }

    internal DnsName Mailbox { get; }

    internal IReadOnlyList<DnsName> NameServers { get; }

    internal int Count => _names.Count;

    internal IEnumerable<ZoneName> Names => _names.Values;

    /// <summary>The nodes that it names, each once, in order.</summary>
    internal IReadOnlyList<string> Nodes => [.. Config.Records.SelectMany(record => record.Nodes).Select(node => node.Node).Distinct(StringComparer.Ordinal)];

    /// <summary>Looks a name up; null: the zone does not have it.</summary>
    internal ZoneName? Find(DnsName name) => _names.GetValueOrDefault(name);

    private static DnsName Parse(string text) =>
        DnsName.TryParse(text, out DnsName name) ? name : throw new ArgumentException($"'{text}' is no name", nameof(text));

    // Of each node the addresses that it has where it is named first.
    private static DnsNodeConfig[] NodesOf(ActiveActiveConfig config) =>
        [.. config.Records.SelectMany(record => record.Nodes).DistinctBy(node => node.Node, StringComparer.Ordinal).Select(node => node with { Weight = 1 })];

    private void Add(DnsName name, IReadOnlyList<DnsNodeConfig> nodes, uint ttlSeconds, bool hasAll) =>
        _names.Add(name, new ZoneName(_names.Count, nodes, ttlSeconds, hasAll));
}
