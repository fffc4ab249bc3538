using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Atlas.Admin;

/// <summary>A small HTTP server to try a load balancer with: it says its name, echoes bodies, and delays, fails or sends
/// bytes as the query asks (<c>?delay=MS</c>, <c>?status=N</c>, <c>?bytes=N</c>).</summary>
public sealed class TestServer : IAsyncDisposable
{
    private const int MaxDelayMs = 60_000;
    private const long MaxBytes = 1L << 30;

    private readonly WebApplication _application;

    private TestServer(WebApplication application, string name, IPEndPoint address)
    {
        _application = application;
        Name = name;
        Address = address;
    }

    /// <summary>What it calls itself in answers.</summary>
    public string Name { get; }

    /// <summary>Where it listens.</summary>
    public IPEndPoint Address { get; }

    /// <summary>Starts a server.</summary>
    /// <exception cref="IOException">The address is in use.</exception>
    public static async Task<TestServer> StartAsync(IPEndPoint address, string name)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options =>
        {
            options.Listen(address);
            options.AddServerHeader = false;
            options.Limits.MaxRequestBodySize = null;
        });
        WebApplication application = builder.Build();
        application.Run(context => AnswerAsync(context, name));
        await application.StartAsync();
        string url = application.Services.GetRequiredService<IServer>().Features
            .Get<IServerAddressesFeature>()!.Addresses.First();
        return new TestServer(application, name, new IPEndPoint(address.Address, new Uri(url).Port));
    }

    /// <summary>Waits until the process is asked to end.</summary>
    public Task WaitForShutdownAsync() => _application.WaitForShutdownAsync();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private static async Task AnswerAsync(HttpContext context, string name)
    {
        HttpRequest request = context.Request;
        HttpResponse response = context.Response;
        int delayMs = (int)Math.Clamp(Number(request, "delay", 0), 0, MaxDelayMs);
        if (delayMs > 0)
        {
            await Task.Delay(delayMs, context.RequestAborted);
        }

        response.StatusCode = (int)Math.Clamp(Number(request, "status", 200), 200, 599);
        response.Headers["X-Server"] = name;
        long bytes = Math.Clamp(Number(request, "bytes", -1), -1, MaxBytes);
        if (bytes >= 0)
        {
            await SendBytesAsync(response, bytes);
        }
        else if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
        {
            string text = $"server {name}: {request.Method} {request.Path}{request.QueryString}\n";
            response.ContentType = "text/plain";
            response.ContentLength = System.Text.Encoding.UTF8.GetByteCount(text);
            if (!HttpMethods.IsHead(request.Method))
            {
                await response.WriteAsync(text);
            }
        }
        else
        {
            await request.Body.CopyToAsync(response.Body, context.RequestAborted);
        }
    }

    private static async Task SendBytesAsync(HttpResponse response, long bytes)
    {
        response.ContentLength = bytes;
        byte[] piece = new byte[64 * 1024];
        Array.Fill(piece, (byte)'x');
        while (bytes > 0)
        {
            int part = (int)Math.Min(bytes, piece.Length);
            await response.Body.WriteAsync(piece.AsMemory(0, part), response.HttpContext.RequestAborted);
            bytes -= part;
        }
    }

    private static long Number(HttpRequest request, string key, long otherwise) =>
        long.TryParse(request.Query[key], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value)
            ? value
            : otherwise;
}
