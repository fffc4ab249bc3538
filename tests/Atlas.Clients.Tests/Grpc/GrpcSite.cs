namespace Atlas.Clients.Tests.Grpc;

/// <summary>Atlas before one gRPC server, grpc-js.</summary>
public sealed class GrpcSite : IAsyncLifetime
{
    public NodeServer Server { get; private set; } = null!;

    public Site Site { get; private set; } = null!;

    public InteropCases Cases { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Server = await NodeServer.StartAsync("grpc-server.mjs", "A");
        Site = await Site.StartAsync([Server.Address], "http2");
        Cases = new InteropCases(Site);
    }

    public async ValueTask DisposeAsync()
    {
        await Site.DisposeAsync();
        await Server.DisposeAsync();
    }
}
