using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Atlas.Clients.Tests.Grpc.Dotnet;

/// <summary>A server of Grpc.AspNetCore without TLS, in this process.</summary>
public sealed class DotnetServer : IAsyncDisposable
{
    private readonly WebApplication _application;

    private DotnetServer(WebApplication application) => _application = application;

    public string Address => new Uri(_application.Urls.Single()).Authority;

    /// <summary>What its calls came to.</summary>
    public CallEvents Events => _application.Services.GetRequiredService<CallEvents>();

    public static async Task<DotnetServer> StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddSingleton<CallEvents>();
        builder.Services.AddGrpc(options =>
        {
            options.MaxReceiveMessageSize = null;
            options.ResponseCompressionAlgorithm = "gzip";
        });
        WebApplication application = builder.Build();
        application.MapGrpcService<DotnetService>();
        await application.StartAsync();
        return new DotnetServer(application);
    }

    public ValueTask DisposeAsync() => _application.DisposeAsync();
}
