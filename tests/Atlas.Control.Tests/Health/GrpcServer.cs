using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Atlas.Control.Tests.Health;

/// <summary>Kestrel on a free port, with one answer to all requests. It speaks HTTP/2 without TLS.</summary>
internal sealed class GrpcServer : IAsyncDisposable
{
    private readonly WebApplication _application;

    private GrpcServer(WebApplication application) => _application = application;

    /// <summary>Where it listens.</summary>
    public string Address => new Uri(_application.Urls.Single()).Authority;

    /// <summary>The fields of the last request, and its body in hexadecimal digits.</summary>
    public Dictionary<string, string> Request { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Connections that are open.</summary>
    public int Connections => _connections;

    private int _connections;

    public static async Task<GrpcServer> StartAsync(RequestDelegate answer, HttpProtocols protocols = HttpProtocols.Http2)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        GrpcServer? server = null;
        builder.WebHost.UseUrls("http://127.0.0.1:0").ConfigureKestrel(kestrel => kestrel.ConfigureEndpointDefaults(endpoint =>
        {
            endpoint.Protocols = protocols;
            endpoint.Use(next => async connection =>
            {
                Interlocked.Increment(ref server!._connections);
                try
                {
                    await next(connection);
                }
                finally
                {
                    Interlocked.Decrement(ref server._connections);
                }
            });
        }));
        WebApplication application = builder.Build();
        server = new GrpcServer(application);
        application.Run(async context =>
        {
            await server.KeepAsync(context);
            await answer(context);
        });
        await application.StartAsync();
        return server;
    }

    /// <summary>A server that answers a call with a status and this message, in hexadecimal digits.</summary>
    public static Task<GrpcServer> AnsweringAsync(string message, string status = "0") => StartAsync(async context =>
    {
        context.Response.ContentType = "application/grpc";
        await context.Response.Body.WriteAsync(Convert.FromHexString(message));
        context.Response.AppendTrailer("grpc-status", status);
    });

    public async ValueTask DisposeAsync() => await _application.DisposeAsync();

    private async Task KeepAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        Request["line"] = $"{context.Request.Method} {context.Request.Path} {context.Request.Protocol}";
        Request["body"] = Convert.ToHexStringLower(body.ToArray());
        foreach (var field in context.Request.Headers)
        {
            Request[field.Key] = field.Value.ToString();
        }
    }
}
