using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Atlas.Integration.Tests.Strictness;

/// <summary>Reads what a server received on one connection with the narrowest grammar of RFC 9112 and names everything that
/// another reader could take in another way. It shares no code with the product.</summary>
internal static partial class OriginGrammar
{
    private static readonly HashSet<string> HopByHop = new(StringComparer.OrdinalIgnoreCase)
    {
        "proxy-connection", "keep-alive", "http2-settings", "proxy-authorization", "proxy-authenticate",
    };

    private static readonly HashSet<string> Options = new(StringComparer.OrdinalIgnoreCase) { "upgrade", "te", "close", "keep-alive" };

    /// <summary>The breaches; empty if all is well. A request that the connection's end cut off is no breach.</summary>
    public static List<string> Check(byte[] received) => Check(received, out _, out _);

    /// <summary>The breaches, how many complete requests there are, and whether one more began.</summary>
    public static List<string> Check(byte[] received, out int requests, out bool isCut)
    {
        string text = Encoding.Latin1.GetString(received);
        var breaches = new List<string>();
        requests = 0;
        int at = 0;
        while (at < text.Length && breaches.Count == 0)
        {
            int end = text.IndexOf("\r\n\r\n", at, StringComparison.Ordinal);
            if (end < 0)
            {
                break;
            }

            string[] lines = text[at..end].Split("\r\n");
            CheckLines(lines, breaches);
            int next = CheckBody(text, end + 4, lines, breaches);
            if (next < 0)
            {
                break;
            }

            at = next;
            requests++;
        }

        isCut = at < text.Length;
        return breaches;
    }

    private static void CheckLines(string[] lines, List<string> breaches)
    {
        if (!RequestLine().IsMatch(lines[0]))
        {
            breaches.Add($"request line: {lines[0]}");
        }

        foreach (string line in lines.Skip(1))
        {
            if (!FieldLine().IsMatch(line))
            {
                breaches.Add($"field line: {line}");
                return;
            }
        }

        if (Values(lines, "host").Length > 1)
        {
            breaches.Add("more than one Host");
        }

        foreach (string name in lines.Skip(1).Select(line => line[..line.IndexOf(':', StringComparison.Ordinal)]))
        {
            if (HopByHop.Contains(name))
            {
                breaches.Add($"hop-by-hop field: {name}");
            }

            string hyphens = name.Replace('_', '-');
            if (hyphens != name
                && (hyphens.Equals("transfer-encoding", StringComparison.OrdinalIgnoreCase)
                    || hyphens.Equals("content-length", StringComparison.OrdinalIgnoreCase)))
            {
                breaches.Add($"look-alike: {name}");
            }
        }

        foreach (string option in Values(lines, "connection").SelectMany(value => value.Split(',')))
        {
            if (!Options.Contains(option.Trim()))
            {
                breaches.Add($"Connection names {option}");
            }
        }
    }

    /// <summary>The place after the body; -1 if it is not complete or breaks the grammar.</summary>
    private static int CheckBody(string text, int at, string[] lines, List<string> breaches)
    {
        string[] lengths = Values(lines, "content-length");
        string[] codings = Values(lines, "transfer-encoding");
        if (lengths.Length + codings.Length == 0)
        {
            return at;
        }

        if (lengths.Length + codings.Length > 1)
        {
            breaches.Add("more than one framing");
            return -1;
        }

        if (codings is [var coding])
        {
            if (coding != "chunked")
            {
                breaches.Add($"Transfer-Encoding: {coding}");
                return -1;
            }

            return CheckChunks(text, at, breaches);
        }

        if (!long.TryParse(lengths[0], NumberStyles.None, CultureInfo.InvariantCulture, out long length))
        {
            breaches.Add($"Content-Length: {lengths[0]}");
            return -1;
        }

        return length <= text.Length - at ? at + (int)length : -1;
    }

    private static int CheckChunks(string text, int at, List<string> breaches)
    {
        while (true)
        {
            int end = text.IndexOf("\r\n", at, StringComparison.Ordinal);
            if (end < 0)
            {
                if (!PartOfSize().IsMatch(text[at..]))
                {
                    breaches.Add($"chunk size: {text[at..]}");
                }

                return -1;
            }

            string line = text[at..end];
            if (!ChunkSize().IsMatch(line))
            {
                breaches.Add($"chunk size: {line}");
                return -1;
            }

            int size = int.Parse(line, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            at = end + 2;
            if (size == 0)
            {
                return CheckTrailers(text, at, breaches);
            }

            if (text.Length < at + size + 2)
            {
                return -1;
            }

            if (text.Substring(at + size, 2) != "\r\n")
            {
                breaches.Add("no CRLF after a chunk's data");
                return -1;
            }

            at += size + 2;
        }
    }

    private static int CheckTrailers(string text, int at, List<string> breaches)
    {
        while (true)
        {
            int end = text.IndexOf("\r\n", at, StringComparison.Ordinal);
            if (end < 0)
            {
                return -1;
            }

            if (end == at)
            {
                return end + 2;
            }

            if (!FieldLine().IsMatch(text[at..end]) || ForbiddenTrailer().IsMatch(text[at..end]))
            {
                breaches.Add($"trailer: {text[at..end]}");
                return -1;
            }

            at = end + 2;
        }
    }

    private static string[] Values(string[] lines, string name) =>
        [.. lines.Skip(1)
            .Where(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))
            .Select(line => line[(name.Length + 1)..].Trim(' ', '\t'))];

    [GeneratedRegex(@"\A[A-Za-z0-9!#$%&'*+.^_`|~-]+ (?:/[\x21-\x7E-[#<>""\\^`{|}]]*|\*) HTTP/1\.1\z", RegexOptions.CultureInvariant)]
    private static partial Regex RequestLine();

    [GeneratedRegex(@"\A[A-Za-z0-9!#$%&'*+.^_`|~-]+:[\t\x20-\x7E\x80-\xFF]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex FieldLine();

    [GeneratedRegex(@"\A[0-9A-Fa-f]{1,16}\z", RegexOptions.CultureInvariant)]
    private static partial Regex ChunkSize();

    [GeneratedRegex(@"\A[0-9A-Fa-f]{0,16}\r?\z", RegexOptions.CultureInvariant)]
    private static partial Regex PartOfSize();

    [GeneratedRegex(
        @"\A(?:host|content-length|transfer-encoding|connection|trailer|te|authorization|cookie|set-cookie|via|forwarded|x-forwarded-[^:]*|expect|content-encoding|content-type|range)[ \t]*:",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex ForbiddenTrailer();
}
