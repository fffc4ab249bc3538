namespace Atlas.Bench.Peers;

/// <summary>What a peer is started with.</summary>
/// <param name="Port">Where it shall listen on loopback.</param>
/// <param name="OriginPorts">The three origins on loopback.</param>
/// <param name="UdpPorts">The three UDP origins on loopback.</param>
/// <param name="Directory">A directory of its own.</param>
/// <param name="Files">Descriptors that it may open.</param>
internal sealed record PeerSettings(int Port, IReadOnlyList<int> OriginPorts, IReadOnlyList<int> UdpPorts, string Directory, long Files)
{
    /// <summary>Fills in a configuration of benchmarks/peers and returns the path of the result.</summary>
    internal string Fill(string template)
    {
        string text = File.ReadAllText(Path.Combine(Layout.Root, "benchmarks", "peers", template))
            .Replace("@PORT@", $"{Port}", StringComparison.Ordinal)
            .Replace("@ADMIN@", $"{FreePort.Find()}", StringComparison.Ordinal)
            .Replace("@DIR@", Directory, StringComparison.Ordinal)
            .Replace("@FILES@", $"{Files}", StringComparison.Ordinal);
        for (int i = 0; i < OriginPorts.Count; i++)
        {
            text = text.Replace($"@ORIGIN{i + 1}@", $"{OriginPorts[i]}", StringComparison.Ordinal);
        }

        for (int i = 0; i < UdpPorts.Count; i++)
        {
            text = text.Replace($"@UDP{i + 1}@", $"{UdpPorts[i]}", StringComparison.Ordinal);
        }

        string path = Path.Combine(Directory, template);
        File.WriteAllText(path, text);
        return path;
    }
}
