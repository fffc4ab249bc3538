using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Atlas.Integration.Tests.Http2;

/// <summary>Kestrel on a port of the kernel's choice: a server of HTTP/2 that others wrote.</summary>
internal sealed class KestrelServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private int _connections;

    private KestrelServer(WebApplication app) => _app = app;

    public IPEndPoint Address { get; private set; } = null!;

    /// <summary>Connections that were made to it.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>Starts one.</summary>
    /// <param name="serve">Answers requests.</param>
    /// <param name="limits">Changes its limits.</param>
    /// <param name="listen">Changes how it listens; null: HTTP/2 alone, in clear text.</param>
    public static async Task<KestrelServer> StartAsync(
        RequestDelegate serve, Action<KestrelServerLimits>? limits = null, Action<ListenOptions>? listen = null)
    {
        KestrelServer? server = null;
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
            limits?.Invoke(kestrel.Limits);
            kestrel.Listen(IPAddress.Loopback, 0, options =>
            {
                options.Protocols = HttpProtocols.Http2;
                options.Use(next => connection =>
                {
                    Interlocked.Increment(ref server!._connections);
                    return next(connection);
                });
                listen?.Invoke(options);
            });
        });
        WebApplication app = builder.Build();
        server = new KestrelServer(app);
        app.Run(serve);
        await app.StartAsync();
        string address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        server.Address = new IPEndPoint(IPAddress.Loopback, new Uri(address).Port);
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource(0);
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }
}
