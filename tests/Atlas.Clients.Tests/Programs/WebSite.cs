namespace Atlas.Clients.Tests.Programs;

/// <summary>Atlas before a web server of HTTP/1.1, node's.</summary>
public sealed class WebSite : IAsyncLifetime
{
    public NodeServer Server { get; private set; } = null!;

    public Site Site { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Server = await NodeServer.StartAsync("web-server.mjs");
        Site = await Site.StartAsync([Server.Address]);
    }

    public async ValueTask DisposeAsync()
    {
        await Site.DisposeAsync();
        await Server.DisposeAsync();
    }
}
