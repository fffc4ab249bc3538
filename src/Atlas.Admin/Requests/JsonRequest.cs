using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace Atlas.Admin.Requests;

/// <summary>Requests that change something, with a body of JSON.</summary>
internal static class JsonRequest
{
    /// <summary>Refuses what pages of other origins may send without being asked whether they may.</summary>
    /// <returns>Whether it was refused, and is answered.</returns>
    internal static async Task<bool> RefusesAsync(HttpContext context, bool needsOwnHost)
    {
        if (needsOwnHost && !OwnHost.IsAskedBy(context.Request))
        {
            await OwnHost.RefuseAsync(context);
            return true;
        }

        if (!context.Request.HasJsonContentType())
        {
            const string needed = "the body must be JSON, such as {}, with Content-Type: application/json";
            await Answers.ErrorAsync(context, StatusCodes.Status415UnsupportedMediaType, needed);
            return true;
        }

        return false;
    }

    /// <summary>Reads the body.</summary>
    /// <returns>Null: it is not what it should be.</returns>
    internal static async Task<T?> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return await context.Request.ReadFromJsonAsync(type, context.RequestAborted);
        }
        catch (Exception e) when (e is JsonException or BadHttpRequestException)
        {
            return null;
        }
    }
}
