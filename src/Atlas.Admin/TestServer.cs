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

/// <summary>A small HTTP server to try a load balancer with. GET and HEAD say its name and the request line, every other
/// method echoes its body, and the field <c>X-Server</c> says the name always.</summary>
/// <remarks>
/// The query changes an answer: <c>?delay=MS</c> waits first (at most a minute), <c>?status=N</c> answers with that status
/// (200 to 599), <c>?bytes=N</c> sends so many bytes (at most 1 GiB) instead of the echo.
/// <c>/cart</c> is a cart in the session that Atlas hands over: <c>GET</c> shows it, <c>POST</c> with <c>item=…</c> adds to it,
/// <c>DELETE</c> empties it. <c>POST /exit</c> ends the server.
/// <c>GET /health</c> answers 200 for health checks; <c>GET /health?fail=N</c> makes it answer N (400 to 599) from then on,
/// and <c>?fail=0</c> 200 again.
/// </remarks>
public sealed class TestServer : IAsyncDisposable
{
    private const int MaxDelayMs = 60_000;
    private const long MaxBytes = 1L << 30;

    private readonly WebApplication _application;
    private int _healthStatus = StatusCodes.Status200OK;

    private TestServer(WebApplication application, string name)
    {
        _application = application;
        Name = name;
    }

    /// <summary>What it calls itself in answers.</summary>
    public string Name { get; }

    /// <summary>Where it listens.</summary>
    public IPEndPoint Address { get; private set; } = new(IPAddress.None, 0);

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

            // More than a proxy before it lets through and adds: what is refused is refused there.
            options.Limits.MaxRequestHeaderCount = 512;
            options.Limits.MaxRequestHeadersTotalSize = 128 * 1024;
            options.Limits.MaxRequestLineSize = 64 * 1024;
        });
        WebApplication application = builder.Build();
        var server = new TestServer(application, name);
        application.Run(server.AnswerAsync);
        await application.StartAsync();
        string url = application.Services.GetRequiredService<IServer>().Features
            .Get<IServerAddressesFeature>()!.Addresses.First();
        server.Address = new IPEndPoint(address.Address, new Uri(url).Port);
        return server;
    }

    /// <summary>Waits until the process is asked to end.</summary>
    public Task WaitForShutdownAsync() => _application.WaitForShutdownAsync();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        HttpRequest request = context.Request;
        HttpResponse response = context.Response;
        response.Headers["X-Server"] = Name;
        if (request.Path == "/health" && HttpMethods.IsGet(request.Method))
        {
            await AnswerHealthAsync(request, response);
            return;
        }

        if (request.Path == "/cart")
        {
            await TestCart.AnswerAsync(context, Name);
            return;
        }

        if (request.Path == "/exit" && HttpMethods.IsPost(request.Method))
        {
            response.Headers.Connection = "close";
            response.OnCompleted(() =>
            {
                // It waits for this request, too.
                _ = _application.StopAsync();
                return Task.CompletedTask;
            });
            await response.WriteAsync($"server {Name} ends\n");
            return;
        }

        int delayMs = (int)Math.Clamp(Number(request, "delay", 0), 0, MaxDelayMs);
        if (delayMs > 0)
        {
            await Task.Delay(delayMs, context.RequestAborted);
        }

        response.StatusCode = (int)Math.Clamp(Number(request, "status", 200), 200, 599);
        long bytes = Math.Clamp(Number(request, "bytes", -1), -1, MaxBytes);
        if (bytes >= 0)
        {
            await SendBytesAsync(response, bytes);
        }
        else if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
        {
            string text = $"server {Name}: {request.Method} {request.Path}{request.QueryString}\n";
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

    private Task AnswerHealthAsync(HttpRequest request, HttpResponse response)
    {
        long fail = Number(request, "fail", -1);
        if (fail >= 0)
        {
            Volatile.Write(ref _healthStatus, fail == 0 ? StatusCodes.Status200OK : (int)Math.Clamp(fail, 400, 599));
        }

        response.StatusCode = Volatile.Read(ref _healthStatus);
        response.ContentType = "text/plain";
        return response.WriteAsync(response.StatusCode == StatusCodes.Status200OK ? "ok\n" : "failing\n");
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
