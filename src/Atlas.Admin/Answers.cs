using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace Atlas.Admin;

/// <summary>Writes what endpoints answer.</summary>
internal static class Answers
{
    internal static Task ErrorAsync(HttpContext context, int status, string error) =>
        ErrorAsync(context, status, new ErrorAnswer(error));

    internal static Task ErrorAsync(HttpContext context, int status, ErrorAnswer error) =>
        SendAsync(context, status, error, ReadableJson.Context.ErrorAnswer);

    internal static Task SendAsync<T>(HttpContext context, int status, T body, JsonTypeInfo<T> type)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(body, type, contentType: null, context.RequestAborted);
    }
}
