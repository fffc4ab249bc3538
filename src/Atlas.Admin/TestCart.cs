using System.Buffers.Text;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Atlas.Admin;

/// <summary>The cart of the test server: an application that keeps what it knows of a user in the session that Atlas hands over, a line
/// for each item.</summary>
internal static class TestCart
{
    private const string Header = "Atlas-Session";

    /// <summary>Answers a request for it.</summary>
    /// <param name="context">The request.</param>
    /// <param name="server">What the server calls itself.</param>
    internal static async Task AnswerAsync(HttpContext context, string server)
    {
        HttpRequest request = context.Request;
        List<string> items = HttpMethods.IsDelete(request.Method) ? [] : ItemsOf(request);
        if (HttpMethods.IsPost(request.Method) && request.HasFormContentType)
        {
            IFormCollection form = await request.ReadFormAsync(context.RequestAborted);
            items.AddRange(form["item"].OfType<string>().Where(item => item.Length > 0 && !item.Contains('\n')));
        }

        if (!HttpMethods.IsGet(request.Method))
        {
            context.Response.Headers[Header] = Base64Url.EncodeToString(Encoding.UTF8.GetBytes(string.Join('\n', items)));
        }

        context.Response.ContentType = "text/plain; charset=utf-8";
        await context.Response.WriteAsync($"server {server}: the cart has {(items.Count == 0 ? "nothing" : string.Join(", ", items))}\n");
    }

    private static List<string> ItemsOf(HttpRequest request) =>
        request.Headers[Header] is [{ Length: > 0 } text] && Base64Url.IsValid(text)
            ? [.. Encoding.UTF8.GetString(Base64Url.DecodeFromChars(text)).Split('\n')]
            : [];
}
