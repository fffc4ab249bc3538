using Atlas.Core.Configuration;

namespace Atlas.Control.Configuration.Validation;

/// <summary>What the zone, its names and its nodes must be among each other.</summary>
internal static class ActiveActiveRules
{
    /// <summary>Adds an error for every rule that the section breaks.</summary>
    public static void Check(HighAvailabilityConfig section, Findings findings)
    {
        if (section.ActiveActive is not { } config)
        {
            return;
        }

        if (config.Bind?.UnixPath is not null)
        {
            findings.Add(config, "bind", "'bind' of 'active_active' must be an address and a port: DNS has no Unix sockets");
        }

        var nodes = section.Peers.Select(peer => peer.Name).Prepend(section.Node).Where(name => name.Length > 0).ToHashSet(StringComparer.Ordinal);
        foreach (var (answer, node) in config.Records.SelectMany(answer => answer.Nodes.Select(node => (answer, node))))
        {
            findings.Refer(answer.Source.PositionOf("nodes"), "node", node.Node, nodes);
        }

        findings.Unique(
            config.Records,
            record => record.Name.ToLowerInvariant(),
            record => record.Position,
            (name, line) => $"two records have the name '{name}', the first in line {line}: names are equal whatever the case of their letters");
        if (config.Zone.Length > 0)
        {
            CheckNames(config, findings);
        }
    }

    private static void CheckNames(ActiveActiveConfig config, Findings findings)
    {
        // The mailbox of its SOA record is the longest name that every zone has.
        int most = HostName.MaxLength - (config.Mailbox.Length - config.Zone.Length);
        if (config.Zone.Length > most)
        {
            findings.Add(config, "zone", $"'zone' has {config.Zone.Length} characters, but must have at most {most}: names in it need room");
            return;
        }

        foreach (var record in config.Records.Where(record => record.Name.Length + 1 + config.Zone.Length > HostName.MaxLength))
        {
            findings.Add(
                record.Position,
                $"'{record.Name}' in the zone has {record.Name.Length + 1 + config.Zone.Length} characters, but a name has at most {HostName.MaxLength}");
        }

        var names = config.Records.Select(record => record.FullNameIn(config.Zone)).ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (string server in config.NameServers)
        {
            bool isInZone = server == config.Zone || server.EndsWith("." + config.Zone, StringComparison.Ordinal);
            if (isInZone && !names.Contains(server))
            {
                findings.Add(
                    config,
                    "name_servers",
                    $"the name server '{server}' is in the zone and has no address: add its name to 'records', or leave 'name_servers' out");
            }
        }

        findings.Unique(
            config.NameServers,
            server => server,
            _ => config.Source.PositionOf("name_servers"),
            (name, _) => $"the name server '{name}' stands twice in 'name_servers': remove one of them");
    }
}
