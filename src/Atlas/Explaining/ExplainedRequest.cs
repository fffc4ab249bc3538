using System.Text;

namespace Atlas.Explaining;

/// <summary>A request as somebody describes it at the command line.</summary>
/// <param name="Method">The method.</param>
/// <param name="Url">The absolute URL.</param>
/// <param name="Head">The head as it would be on the wire.</param>
internal sealed record ExplainedRequest(string Method, Uri Url, string Head)
{
    /// <summary>Reads <c>METHOD URL [-H 'Name: value']…</c>.</summary>
    /// <param name="words">The words.</param>
    /// <param name="request">The request.</param>
    /// <param name="error">What is wrong otherwise, and what is needed.</param>
    internal static bool TryParse(string[] words, out ExplainedRequest? request, out string error)
    {
        request = null;
        error = "a method and a URL are needed after --, such as: -- GET http://example.com/path";
        if (words.Length < 2)
        {
            return false;
        }

        // The path goes on as it is written: a Uri resolves dots and escapes.
        string url = words[1];
        if (!Uri.TryCreate(url, UriKind.Absolute, out Uri? parsed) || parsed.Scheme is not ("http" or "https"))
        {
            error = $"{url}: a URL is needed that begins with http:// or https://, such as http://example.com/path";
            return false;
        }

        string rest = url[(url.IndexOf("://", StringComparison.Ordinal) + 3)..];
        int path = rest.IndexOfAny(['/', '?']);
        string authority = path < 0 ? rest : rest[..path];
        string target = path < 0 ? "/" : rest[path] == '?' ? "/" + rest[path..] : rest[path..];
        if (!TryReadFields(words[2..], authority, out string fields, out error))
        {
            return false;
        }

        request = new ExplainedRequest(words[0], parsed, $"{words[0]} {target} HTTP/1.1\r\n{fields}\r\n");
        return true;
    }

    private static bool TryReadFields(string[] words, string authority, out string fields, out string error)
    {
        var text = new StringBuilder();
        bool hasHost = false;
        error = "";
        for (int i = 0; i < words.Length; i += 2)
        {
            string? field = i + 1 < words.Length ? words[i + 1] : null;
            if (words[i] is not ("-H" or "--header") || field is null || !field.Contains(':', StringComparison.Ordinal))
            {
                error = words[i] is "-c" or "--config" or "--client"
                    ? $"{words[i]}: options stand before --, what stands after it is the request"
                    : $"{words[i]}: after the URL, headers are written as -H 'Name: value'";
                fields = "";
                return false;
            }

            hasHost |= field.StartsWith("host:", StringComparison.OrdinalIgnoreCase);
            text.Append(field).Append("\r\n");
        }

        fields = (hasHost ? "" : $"Host: {authority}\r\n") + text;
        return true;
    }
}
