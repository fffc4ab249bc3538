using Atlas.Admin.Reports;
using Atlas.Admin.Requests;
using Microsoft.AspNetCore.Http;

namespace Atlas.Admin.Reloads;

/// <summary><c>POST /api/v1/reload</c>: applies the file that the process was started with, as it is now, and answers what came of
/// it.</summary>
internal sealed class ReloadEndpoint(IAdminSource source, bool needsOwnHost)
{
    internal const string Path = "/api/v1/reload";

    internal async Task RunAsync(HttpContext context)
    {
        if (await JsonRequest.RefusesAsync(context, needsOwnHost))
        {
            return;
        }

        if (await JsonRequest.ReadAsync(context, AdminJson.Default.ReloadBody) is null)
        {
            await Answers.ErrorAsync(context, StatusCodes.Status400BadRequest, "the body must be {}");
            return;
        }

        ReloadAnswer answer = await source.ReloadAsync().WaitAsync(context.RequestAborted);
        await (answer.Outcome == ReloadOutcome.Done
            ? Answers.SendAsync(context, StatusCodes.Status200OK, new ReloadReport { Lines = answer.Lines }, ReadableJson.Context.ReloadReport)
            : Answers.ErrorAsync(context, StatusOf(answer.Outcome), string.Join('\n', answer.Lines)));
    }

    private static int StatusOf(ReloadOutcome outcome) =>
        outcome == ReloadOutcome.WrongFile ? StatusCodes.Status422UnprocessableEntity : StatusCodes.Status409Conflict;
}
