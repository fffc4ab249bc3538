using System.Buffers;
using Atlas.Admin.Events;
using Atlas.Admin.Metrics;
using Atlas.Admin.Orders;
using Atlas.Admin.Reloads;
using Atlas.Admin.Reports;
using Atlas.Admin.Upgrades;
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
    private const string CertificatesPath = "/api/v1/certificates";
    private const string AuthoritiesPath = "/api/v1/authorities";
    private const string EventsPath = "/api/v1/events";
    private const string ApiPath = "/openapi.json";
    private const string ServersMark = "/servers/";

    // What a page of metrics takes first; it grows.
    private const int PageBytes = 32 * 1024;

    private static readonly string[] Paths = [Health, Ready, MetricsPath, StatusPath, CertificatesPath, AuthoritiesPath, EventsPath, ApiPath];
    private static readonly string[] Posted = [ReloadEndpoint.Path, UpgradeEndpoint.Path];
    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];
    private static readonly string[] Listed =
        [.. Paths.Select(path => "GET " + path), "PATCH /api/v1/pools/{pool}/servers/{server}", .. Posted.Select(path => "POST " + path)];

    private readonly BearerToken? _token = options.Token is null ? null : new BearerToken(options.Token);

    internal void MapTo(WebApplication application)
    {
        application.Use(GuardAsync);
        application.MapMethods(Health, Methods, context =>
            Answers.SendAsync(context, StatusCodes.Status200OK, new ProbeAnswer("ok"), AdminJson.Default.ProbeAnswer));
        application.MapMethods(Ready, Methods, ReadyAsync);
        application.MapMethods(MetricsPath, Methods, MetricsAsync);
        application.MapMethods(StatusPath, Methods, context =>
            Answers.SendAsync(context, StatusCodes.Status200OK, source.Status(), AdminJson.Default.StatusReport));
        application.MapMethods(CertificatesPath, Methods, context => Answers.SendAsync(
            context, StatusCodes.Status200OK, source.Certificates(), ReadableJson.Context.IReadOnlyListCertificateReport));
        application.MapMethods(AuthoritiesPath, Methods, context => Answers.SendAsync(
            context, StatusCodes.Status200OK, source.Authorities(), ReadableJson.Context.IReadOnlyListAuthorityReport));
        application.MapMethods(ApiPath, Methods, new ApiDescription(options.Version).SendAsync);
        CancellationToken stopping = application.Lifetime.ApplicationStopping;
        application.MapMethods(EventsPath, [HttpMethods.Get], context => EventsAsync(context, stopping));
        application.MapMethods(OrderEndpoint.Path, [HttpMethods.Patch], new OrderEndpoint(source, _token is null).RunAsync);
        application.MapMethods(ReloadEndpoint.Path, [HttpMethods.Post], new ReloadEndpoint(source, _token is null).RunAsync);
        application.MapMethods(UpgradeEndpoint.Path, [HttpMethods.Post], new UpgradeEndpoint(source, _token is null).RunAsync);
        application.MapFallback("{**path}", NotFoundAsync);
    }

    private async Task GuardAsync(HttpContext context, RequestDelegate next)
    {
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        if (!IsProbe(context) && !MayRead(context))
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
            await Answers.ErrorAsync(context, StatusCodes.Status401Unauthorized, "a bearer token is required");
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
            await Answers.ErrorAsync(context, StatusCodes.Status500InternalServerError, "internal error");
        }
    }

    private static bool IsProbe(HttpContext context) =>
        context.Request.Path.Value is Health or Ready;

    private bool MayRead(HttpContext context) => _token is null || _token.IsShownBy(context.Request);

    private Task ReadyAsync(HttpContext context)
    {
        ReadinessReport readiness = source.Readiness();
        return readiness.IsReady
            ? Answers.SendAsync(context, StatusCodes.Status200OK, new ProbeAnswer("ready"), AdminJson.Default.ProbeAnswer)
            : Answers.SendAsync(
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

    private async Task EventsAsync(HttpContext context, CancellationToken stopping)
    {
        using EventSubscription? subscription = source.Events.Subscribe(EventStream.LastHeard(context.Request));
        if (subscription is null)
        {
            await Answers.ErrorAsync(
                context,
                StatusCodes.Status503ServiceUnavailable,
                $"{EventHub.MaxSubscribers} listen already, which is as many as there may be");
            return;
        }

        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        await EventStream.WriteAsync(context.Response, subscription, options.Time, ended.Token);
    }

    private static Task NotFoundAsync(HttpContext context)
    {
        string path = context.Request.Path.Value ?? "";
        string? allowed = Paths.Contains(path, StringComparer.OrdinalIgnoreCase) ? path == EventsPath ? "GET" : "GET, HEAD"
            : Posted.Contains(path, StringComparer.OrdinalIgnoreCase) ? "POST"
            : path.StartsWith("/api/v1/pools/", StringComparison.OrdinalIgnoreCase)
                && path.Contains(ServersMark, StringComparison.OrdinalIgnoreCase) ? "PATCH"
            : null;
        if (allowed is not null)
        {
            context.Response.Headers.Allow = allowed;
            return Answers.ErrorAsync(
                context, StatusCodes.Status405MethodNotAllowed, new ErrorAnswer("method not allowed", Listed));
        }

        return Answers.ErrorAsync(context, StatusCodes.Status404NotFound, new ErrorAnswer("not found", Listed));
    }
}
