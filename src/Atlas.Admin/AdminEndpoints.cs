using System.Buffers;
using System.Text.Json.Serialization.Metadata;
using Atlas.Admin.Metrics;
using Atlas.Admin.Reports;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Atlas.Admin;

/// <summary>What the admin server answers.</summary>
internal sealed class AdminEndpoints(AdminOptions options, IAdminSource source)
{
    private const string Health = "/healthz";
    private const string Ready = "/readyz";
    private const string MetricsPath = "/metrics";
    private const string StatusPath = "/api/v1/status";

    // What a page of metrics takes first; it grows.
    private const int PageBytes = 32 * 1024;

    private static readonly string[] Paths = [Health, Ready, MetricsPath, StatusPath];
    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];
    private static readonly string[] Listed = [.. Paths.Select(path => "GET " + path)];

    private readonly BearerToken? _token = options.Token is null ? null : new BearerToken(options.Token);

    internal void MapTo(WebApplication application)
    {
        application.Use(GuardAsync);
        application.MapMethods(Health, Methods, context =>
            AnswerAsync(context, StatusCodes.Status200OK, new ProbeAnswer("ok"), AdminJson.Default.ProbeAnswer));
        application.MapMethods(Ready, Methods, ReadyAsync);
        application.MapMethods(MetricsPath, Methods, MetricsAsync);
        application.MapMethods(StatusPath, Methods, context =>
            AnswerAsync(context, StatusCodes.Status200OK, source.Status(), AdminJson.Default.StatusReport));
        application.MapFallback("{**path}", NotFoundAsync);
    }

    private async Task GuardAsync(HttpContext context, RequestDelegate next)
    {
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        if (!IsProbe(context) && !MayRead(context))
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
            await ErrorAsync(context, StatusCodes.Status401Unauthorized, new ErrorAnswer("a bearer token is required"));
            return;
        }

        try
        {
            await next(context);
        }
        catch (Exception e) when (!context.RequestAborted.IsCancellationRequested && !context.Response.HasStarted)
        {
            options.Notice($"admin: {context.Request.Path} failed: {e}");
            context.Response.ContentLength = null;
            await ErrorAsync(context, StatusCodes.Status500InternalServerError, new ErrorAnswer("internal error"));
        }
    }

    private static bool IsProbe(HttpContext context) =>
        context.Request.Path.Value is Health or Ready;

    private bool MayRead(HttpContext context) => _token is null || _token.IsShownBy(context.Request);

    private Task ReadyAsync(HttpContext context)
    {
        ReadinessReport readiness = source.Readiness();
        return readiness.IsReady
            ? AnswerAsync(context, StatusCodes.Status200OK, new ProbeAnswer("ready"), AdminJson.Default.ProbeAnswer)
            : AnswerAsync(
                context,
                StatusCodes.Status503ServiceUnavailable,
                new ProbeAnswer("not ready", MayRead(context) ? readiness.Reasons : null),
                AdminJson.Default.ProbeAnswer);
    }

    private async Task MetricsAsync(HttpContext context)
    {
        context.Response.ContentType = PrometheusWriter.ContentType;
        if (HttpMethods.IsHead(context.Request.Method))
        {
            return;
        }

        // Not straight into the response: an error amid the metrics must become a 500, not half a page.
        var page = new ArrayBufferWriter<byte>(PageBytes);
        var writer = new PrometheusWriter(page);
        ProcessFamilies.Write(writer, options.Version);
        source.WriteMetrics(writer);
        context.Response.ContentLength = page.WrittenCount;
        await context.Response.Body.WriteAsync(page.WrittenMemory, context.RequestAborted);
    }

    private static Task NotFoundAsync(HttpContext context)
    {
        if (Paths.Contains(context.Request.Path.Value, StringComparer.OrdinalIgnoreCase))
        {
            context.Response.Headers.Allow = "GET, HEAD";
            return ErrorAsync(context, StatusCodes.Status405MethodNotAllowed, new ErrorAnswer("method not allowed", Listed));
        }

        return ErrorAsync(context, StatusCodes.Status404NotFound, new ErrorAnswer("not found", Listed));
    }

    private static Task ErrorAsync(HttpContext context, int status, ErrorAnswer error) =>
        AnswerAsync(context, status, error, AdminJson.Default.ErrorAnswer);

    private static Task AnswerAsync<T>(HttpContext context, int status, T body, JsonTypeInfo<T> type)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(body, type, contentType: null, context.RequestAborted);
    }
}
