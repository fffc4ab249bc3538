using System.Text;
using Atlas.Protocols.Http1;

namespace Atlas.Proxy.Answers;

/// <summary>A <c>Location</c> with placeholders. What stands in for them comes from a parsed request target, so it has neither
/// control characters nor spaces, and whatever a client sends, it stays in the part of the URL where the placeholder stands:
/// <c>{path}</c> begins with exactly one slash, <c>{rest}</c> with none. Immutable.</summary>
internal sealed class LocationTemplate
{
    private static readonly (string Word, Part Part)[] Placeholders =
    [
        ("{rest}", Part.Rest), ("{scheme}", Part.Scheme), ("{host}", Part.Host), ("{path}", Part.Path), ("{query}", Part.Query),
    ];

    private readonly (Part Part, byte[] Text)[] _parts;

    /// <summary>A template whose words in braces are placeholders.</summary>
    internal LocationTemplate(string text)
    {
        // The port belongs to the scheme: where another one is named, the client's port is not its port.
        bool keepsPort = text.StartsWith("{scheme}://{host}", StringComparison.Ordinal);
        var parts = new List<(Part, byte[])>();
        int start = 0;
        while (start < text.Length)
        {
            int brace = text.IndexOf('{', start);
            int end = brace < 0 ? text.Length : brace;
            if (end > start)
            {
                parts.Add((Part.Text, Encoding.ASCII.GetBytes(text[start..end])));
            }

            start = end;
            if (brace >= 0)
            {
                (string word, Part part) = Placeholders.First(
                    placeholder => string.CompareOrdinal(text, brace, placeholder.Word, 0, placeholder.Word.Length) == 0);
                parts.Add((part == Part.Host && keepsPort ? Part.Authority : part, []));
                start += word.Length;
            }
        }

        _parts = [.. parts];
        NeedsHost = parts.Exists(part => part.Item1 is Part.Host or Part.Authority);
    }

    private enum Part
    {
        Text,
        Rest,
        Scheme,
        Host,
        Authority,
        Path,
        Query,
    }

    /// <summary>Whether a request without a host cannot be redirected so.</summary>
    internal bool NeedsHost { get; }

    /// <summary>Writes the value.</summary>
    internal void Write(ref HeadWriter writer, in AnsweredRequest request)
    {
        foreach ((Part part, byte[] text) in _parts)
        {
            switch (part)
            {
                case Part.Text:
                    writer.Append(text);
                    break;
                case Part.Rest:
                    WriteEncoded(ref writer, request.Rest);
                    break;
                case Part.Scheme:
                    writer.Append(request.Scheme);
                    break;
                case Part.Host:
                    writer.Append(request.Host);
                    break;
                case Part.Authority:
                    writer.Append(request.Authority);
                    break;
                case Part.Path:
                    WritePath(ref writer, request.Path);
                    break;
                case Part.Query:
                default:
                    WriteQuery(ref writer, request);
                    break;
            }
        }
    }

    /// <summary>Writes a path with one slash at its beginning: with two, a browser would take what follows for a host.</summary>
    internal static void WritePath(ref HeadWriter writer, scoped ReadOnlySpan<byte> path)
    {
        writer.Append("/"u8);
        WriteEncoded(ref writer, path.SequenceEqual("*"u8) ? default : path.TrimStart((byte)'/'));
    }

    /// <summary>Writes the query with its question mark, or nothing.</summary>
    internal static void WriteQuery(ref HeadWriter writer, in AnsweredRequest request)
    {
        if (request.HasQuery)
        {
            writer.Append("?"u8);
            WriteEncoded(ref writer, request.Query);
        }
    }

    // Of what the parser lets into a target, brackets alone may not stand in a path or query (RFC 3986 3.3).
    private static void WriteEncoded(ref HeadWriter writer, scoped ReadOnlySpan<byte> text)
    {
        int bracket;
        while ((bracket = text.IndexOfAny((byte)'[', (byte)']')) >= 0)
        {
            writer.Append(text[..bracket]);
            writer.Append(text[bracket] == '[' ? "%5B"u8 : "%5D"u8);
            text = text[(bracket + 1)..];
        }

        writer.Append(text);
    }
}
