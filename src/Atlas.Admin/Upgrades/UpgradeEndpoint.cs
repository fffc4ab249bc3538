using Atlas.Admin.Requests;
using Microsoft.AspNetCore.Http;

namespace Atlas.Admin.Upgrades;

/// <summary><c>POST /api/v1/upgrade</c>: has a new process take this one's place, and answers once it serves.</summary>
internal sealed class UpgradeEndpoint(IAdminSource source, bool needsOwnHost)
{
    internal const string Path = "/api/v1/upgrade";

    private const string Needed = """the body must be {} or {"timeout":"90s"}, with """ + UpgradeLimits.Needed;

    internal async Task RunAsync(HttpContext context)
    {
        if (await JsonRequest.RefusesAsync(context, needsOwnHost))
        {
            return;
        }

        if (await ReadAsync(context) is not int limitMs)
        {
            await Answers.ErrorAsync(context, StatusCodes.Status400BadRequest, Needed);
            return;
        }

        UpgradeAnswer answer = await source.UpgradeAsync(limitMs);
        await (answer.Report is { } report
            ? Answers.SendAsync(context, StatusCodes.Status200OK, report, AdminJson.Default.UpgradeReport)
            : Answers.ErrorAsync(context, StatusCodes.Status409Conflict, answer.Error!));
    }

    private static async Task<int?> ReadAsync(HttpContext context)
    {
        UpgradeBody? body = await JsonRequest.ReadAsync(context, AdminJson.Default.UpgradeBody);
        return body is null ? null
            : body.Timeout is null ? UpgradeLimits.DefaultMs
            : UpgradeLimits.TryParse(body.Timeout, out int limitMs) ? limitMs
            : null;
    }
}
