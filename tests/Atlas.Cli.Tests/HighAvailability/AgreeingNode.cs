using Atlas.Cli.Tests.Programs;

namespace Atlas.Cli.Tests.HighAvailability;

/// <summary>Atlas on the loopback address, with a cluster's secret.</summary>
public sealed class AgreeingNode : IAsyncDisposable
{
    private readonly RunningAtlas _atlas;

    private AgreeingNode(RunningAtlas atlas, ConfigFile config)
    {
        _atlas = atlas;
        Config = config;
    }

    public ConfigFile Config { get; }

    /// <summary>Where its listener <c>web</c> accepts.</summary>
    public string Address => _atlas.Address;

    /// <summary>Starts one.</summary>
    /// <param name="listeners">The listeners, and other sections.</param>
    /// <param name="secret">The cluster's secret.</param>
    /// <param name="certificate">Stands beside the configuration.</param>
    public static async Task<AgreeingNode> StartAsync(string listeners, string secret, SiteCertificate? certificate = null)
    {
        var config = new ConfigFile(
            $$"""
            listeners:
            {{listeners}}
            admin: { bind: none }
            high_availability: { node: one, secret: { file: secret } }
            """);
        await VirtualNode.WriteSecretAsync(config, secret);
        certificate?.Write(config);
        return new AgreeingNode(await RunningAtlas.StartAsync(config), config);
    }

    public async ValueTask DisposeAsync()
    {
        await _atlas.DisposeAsync();
        Config.Dispose();
    }
}
