using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Atlas.Admin;

/// <summary>The admin server: health, readiness, metrics, orders and events. It lives on ASP.NET Core's threads and touches the
/// data plane only through <see cref="IAdminSource"/>.</summary>
public sealed class AdminServer : IAsyncDisposable
{
    /// <summary>Bytes of a request's body; past it 413.</summary>
    public const int MaxBodyBytes = 1 << 20;

    /// <summary>Bytes of a request's header fields; past it 431.</summary>
    public const int MaxHeaderBytes = 16 * 1024;

    /// <summary>Bytes of a request line; past it 414.</summary>
    public const int MaxRequestLineBytes = 8 * 1024;

    /// <summary>Connections at once; more are closed.</summary>
    public const int MaxConnections = 256;

    private static readonly TimeSpan HeadersTimeout = TimeSpan.FromSeconds(10);

    private readonly WebApplication _application;

    private AdminServer(WebApplication application, IReadOnlyList<string> urls)
    {
        _application = application;
        Urls = urls;
    }

    /// <summary>Where it answers, such as <c>http://127.0.0.1:9900</c>.</summary>
    public IReadOnlyList<string> Urls { get; }

    /// <summary>Starts the server.</summary>
    /// <exception cref="IOException">The socket cannot be listened on; the message says why.</exception>
    public static async Task<AdminServer> StartAsync(AdminOptions options, IAdminSource source)
    {
        // Empty, so that neither environment variables nor an appsettings.json in the working directory have a say.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.Configure<SocketTransportOptions>(transport => transport.CreateBoundListenSocket = _ => options.Socket);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            Limit(kestrel);
            kestrel.Listen(options.Socket.LocalEndPoint!, listen => listen.Protocols = HttpProtocols.Http1);
        });
        WebApplication application = builder.Build();
        new AdminEndpoints(options, source).MapTo(application);
        try
        {
            await application.StartAsync();
        }
        catch
        {
            await application.DisposeAsync();
            throw;
        }

        ICollection<string> urls = application.Services.GetRequiredService<IServer>().Features
            .Get<IServerAddressesFeature>()!.Addresses;
        return new AdminServer(application, [.. urls]);
    }

    /// <summary>Stops taking requests, gives those under way a moment, and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await _application.StopAsync(deadline.Token);
        await _application.DisposeAsync();
    }

    private static void Limit(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = MaxBodyBytes;
        kestrel.Limits.MaxRequestHeadersTotalSize = MaxHeaderBytes;
        kestrel.Limits.MaxRequestLineSize = MaxRequestLineBytes;
        kestrel.Limits.MaxConcurrentConnections = MaxConnections;
        kestrel.Limits.RequestHeadersTimeout = HeadersTimeout;
    }

    // The process handles its signals itself; the default lifetime would take SIGINT and SIGTERM.
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
