namespace Atlas.Cli.Tests.Programs;

/// <summary>A configuration file in a directory of its own.</summary>
public sealed class ConfigFile : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("atlas-test-");

    public ConfigFile(string text)
    {
        Path = System.IO.Path.Combine(_directory.FullName, "atlas.yaml");
        Write(text);
    }

    public string Path { get; }

    /// <summary>A listener on a port that the kernel chooses, and one pool of these servers.</summary>
    /// <param name="servers">The servers.</param>
    /// <param name="more">Further sections.</param>
    /// <param name="admin">Where the admin server listens.</param>
    public static ConfigFile Of(IEnumerable<Backend> servers, string more = "", string admin = "none") =>
        new(Text(servers, more, admin));

    public static string Text(IEnumerable<Backend> servers, string more = "", string admin = "none") =>
        $$"""
        listeners:
          web: { bind: 127.0.0.1:0, routes: [{ pool: web }] }
        pools:
          web:
            servers: [{{string.Join(", ", servers.Select(server => $"{{ name: {server.Name}, address: {server.Address} }}"))}}]
        admin: { bind: {{admin}} }
        {{more}}
        """;

    /// <summary>A TCP listener on a port that the kernel chooses, and one pool.</summary>
    /// <param name="servers">The addresses of its servers.</param>
    /// <param name="pool">Further lines of the pool, none of them indented.</param>
    /// <param name="listener">The same of the listener.</param>
    /// <param name="more">Further sections.</param>
    public static string TcpText(IEnumerable<string> servers, string pool = "", string listener = "", string more = "") =>
        $$"""
        listeners:
          web:
            bind: 127.0.0.1:0
            protocol: tcp
            pool: web
            {{listener.ReplaceLineEndings("\n    ")}}
        pools:
          web:
            servers: [{{string.Join(", ", servers)}}]
            {{pool.ReplaceLineEndings("\n    ")}}
        admin: { bind: 127.0.0.1:0 }
        {{more}}
        """;

    /// <summary>Replaces the file in one step, as careful editors do.</summary>
    public void Write(string text)
    {
        string next = Path + ".next";
        File.WriteAllText(next, text);
        File.Move(next, Path, overwrite: true);
    }

    public string Sibling(string name) => System.IO.Path.Combine(_directory.FullName, name);

    public void Dispose() => _directory.Delete(recursive: true);
}
