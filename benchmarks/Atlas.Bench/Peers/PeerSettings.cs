namespace Atlas.Bench.Peers;

/// <summary>What a peer is started with.</summary>
/// <param name="Port">Where it shall listen on loopback.</param>
/// <param name="Origins">Its servers, all on loopback.</param>
/// <param name="Directory">A directory of its own, with the files of <see cref="BenchCertificate"/>.</param>
/// <param name="Files">Descriptors that it may open.</param>
internal sealed record PeerSettings(int Port, OriginPorts Origins, string Directory, long Files)
{
    /// <summary>Fills in a configuration of benchmarks/peers and returns the path of the result.</summary>
    internal string Fill(string template)
    {
        string text = File.ReadAllText(Path.Combine(Layout.Root, "benchmarks", "peers", template))
            .Replace("@PORT@", $"{Port}", StringComparison.Ordinal)
            .Replace("@ADMIN@", $"{FreePort.Find()}", StringComparison.Ordinal)
            .Replace("@DIR@", Directory, StringComparison.Ordinal)
            .Replace("@FILES@", $"{Files}", StringComparison.Ordinal);
        text = FillPorts(FillPorts(FillPorts(text, "ORIGIN", Origins.Http), "UDP", Origins.Udp), "HTTP2-", Origins.Http2);
        string path = Path.Combine(Directory, template);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>Fills in the configuration with sessions.</summary>
    /// <param name="kind">Where they lie: <c>none</c>, <c>memory</c> or <c>redis</c>.</param>
    /// <param name="redisPort">The port of Redis.</param>
    internal string FillSessions(string kind, int redisPort)
    {
        string path = Fill("atlas-sessions.yaml");
        string store = kind == "redis" ? $"type: redis, url: 'redis://127.0.0.1:{redisPort}/0', timeout: 100ms" : "type: memory";
        File.WriteAllText(path, File.ReadAllText(path)
            .Replace("@STORE@", store, StringComparison.Ordinal)
            .Replace("@SESSION@", kind == "none" ? "" : "session: user", StringComparison.Ordinal));
        return path;
    }

    /// <summary>Fills in a configuration with a store of Redis.</summary>
    internal string FillRedis(string template, int redisPort)
    {
        string path = Fill(template);
        File.WriteAllText(path, File.ReadAllText(path).Replace("@REDIS@", $"{redisPort}", StringComparison.Ordinal));
        return path;
    }

    private static string FillPorts(string text, string name, IReadOnlyList<int> ports)
    {
        for (int i = 0; i < ports.Count; i++)
        {
            text = text.Replace($"@{name}{i + 1}@", $"{ports[i]}", StringComparison.Ordinal);
        }

        return text;
    }
}
