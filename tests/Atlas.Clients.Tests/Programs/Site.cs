namespace Atlas.Clients.Tests.Programs;

/// <summary>Atlas before some servers, with a listener in clear text and one with TLS, whose certificate an authority signed.</summary>
public sealed class Site : IAsyncDisposable
{
    private readonly ConfigFile _config;
    private readonly RunningAtlas _atlas;

    private Site(ConfigFile config, RunningAtlas atlas, string secure)
    {
        _config = config;
        _atlas = atlas;
        Secure = secure;
    }

    /// <summary>The address of the listener without TLS.</summary>
    public string Clear => _atlas.Address;

    /// <summary>The address of the listener with TLS.</summary>
    public string Secure { get; }

    /// <summary>The file of the authority that clients of the listener with TLS have to trust.</summary>
    public string Ca => _config.Sibling("ca.pem");

    public RunningProgram Program => _atlas.Program;

    /// <summary>Starts it.</summary>
    /// <param name="servers">The addresses of the servers.</param>
    /// <param name="protocol">What they speak.</param>
    public static async Task<Site> StartAsync(IEnumerable<string> servers, string protocol = "http1")
    {
        var config = new ConfigFile(
            $$"""
            listeners:
              web: { bind: 127.0.0.1:0, pool: web }
              secure:
                bind: 127.0.0.1:0
                tls: { certificates: [{ cert: site.pem, key: site.key }] }
                hsts: {}
                pool: web
            pools:
              web:
                protocol: {{protocol}}
                servers: [{{string.Join(", ", servers)}}]
            admin: { bind: none }

            """);
        await Authority.WriteAsync(config);
        RunningAtlas atlas = await RunningAtlas.StartAsync(config);
        return new Site(config, atlas, await atlas.Program.ErrorAsync("listener secure: https on "));
    }

    public string Address(bool tls) => tls ? Secure : Clear;

    /// <summary>The authority that clients of a listener have to trust; null for the one without TLS.</summary>
    public string? CaOf(bool tls) => tls ? Ca : null;

    public string Url(bool tls, string path = "/") => (tls ? "https://" : "http://") + Address(tls) + path;

    /// <summary>A place for a file, which goes with the site.</summary>
    public string File(string name) => _config.Sibling(name);

    public async ValueTask DisposeAsync()
    {
        await _atlas.DisposeAsync();
        _config.Dispose();
    }
}
