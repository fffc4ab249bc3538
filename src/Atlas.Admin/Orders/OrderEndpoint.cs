using Atlas.Admin.Requests;
using Atlas.Control.Pools;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Atlas.Admin.Orders;

/// <summary><c>PATCH /api/v1/pools/{pool}/servers/{server}</c>: changes a server's state or weight.</summary>
internal sealed class OrderEndpoint(IAdminSource source, bool needsOwnHost)
{
    /// <summary>The path; the server's name may have slashes, as the default name of one at a Unix socket does.</summary>
    internal const string Path = "/api/v1/pools/{pool}/servers/{**server}";

    /// <summary>Bytes of a body; past it 413.</summary>
    internal const int MaxBodyBytes = 4 * 1024;

    internal async Task RunAsync(HttpContext context)
    {
        if (needsOwnHost && !OwnHost.IsAskedBy(context.Request))
        {
            await OwnHost.RefuseAsync(context);
            return;
        }

        if (await ReadAsync(context) is not ServerOrder order)
        {
            return;
        }

        OrderAnswer answer = source.Order(Name(context, "pool"), Name(context, "server"), order);
        await (answer.Server is { } server
            ? Answers.SendAsync(context, 200, server, AdminJson.Default.ServerReport)
            : Answers.ErrorAsync(context, 404, new ErrorAnswer(answer.Error!, Known: answer.Known)));
    }

    // Routing leaves an encoded slash as it is, since it must not split segments.
    private static string Name(HttpContext context, string key) =>
        ((string?)context.Request.RouteValues[key] ?? "").Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);

    private static async Task<ServerOrder?> ReadAsync(HttpContext context)
    {
        context.Features.Get<IHttpMaxRequestBodySizeFeature>()!.MaxRequestBodySize = MaxBodyBytes;
        try
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body, context.RequestAborted);
            ServerOrder? order = OrderText.Read(body.ToArray(), out string error);
            if (order is null)
            {
                await Answers.ErrorAsync(context, 400, error);
            }

            return order;
        }
        catch (BadHttpRequestException e)
        {
            await Answers.ErrorAsync(
                context, e.StatusCode, e.StatusCode == 413 ? $"the body may have {MaxBodyBytes} bytes" : "the request broke off");
        }

        return null;
    }
}
