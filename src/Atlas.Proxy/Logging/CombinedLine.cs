using System.Buffers;

namespace Atlas.Proxy.Logging;

/// <summary>A record in the combined format of Apache and nginx:
/// <c>client - - [time] "request line" status bytes "referer" "user agent"</c>. As in nginx, the bytes are those of the
/// body, and quotes, backslashes and whatever is not printable ASCII are written as \xHH: no client can end a field or a
/// line.</summary>
internal static class CombinedLine
{
    private static readonly SearchValues<byte> Plain = SearchValues.Create(
        [.. Enumerable.Range(0x20, 0x5F).Select(b => (byte)b).Where(b => b is not ((byte)'"' or (byte)'\\'))]);

    /// <summary>Writes the line with its end.</summary>
    /// <param name="line">Holds <see cref="LineBounds.Of(in AccessRecord)"/>.</param>
    /// <param name="record">The record.</param>
    /// <param name="date">The record's second.</param>
    internal static void Write(ref LineCursor line, in AccessRecord record, LogDate date)
    {
        TextOrDash(ref line, record.ClientIp, LineBounds.ShortField);
        line.Bytes(" - - ["u8);
        line.Bytes(date.Common);
        line.Bytes("] \""u8);
        RequestLine(ref line, record);
        line.Bytes("\" "u8);
        line.Number(record.Status);
        line.Byte((byte)' ');
        line.Number(record.BodySent);
        line.Bytes(" \""u8);
        TextOrDash(ref line, record.Referer, LineBounds.LongField);
        line.Bytes("\" \""u8);
        TextOrDash(ref line, record.UserAgent, LineBounds.LongField);
        line.Bytes("\"\n"u8);
    }

    private static void RequestLine(ref LineCursor line, in AccessRecord record)
    {
        if (record.Method.IsEmpty && record.Path.IsEmpty)
        {
            line.Byte((byte)'-');
            return;
        }

        Text(ref line, record.Method, LineBounds.ShortField);
        line.Byte((byte)' ');
        Text(ref line, record.Path, LineBounds.LongField);
        if (!record.Query.IsEmpty)
        {
            line.Byte((byte)'?');
            Text(ref line, record.Query, LineBounds.LongField);
        }

        if (!record.Version.IsEmpty)
        {
            line.Byte((byte)' ');
            Text(ref line, record.Version, LineBounds.ShortField);
        }
    }

    private static void TextOrDash(ref LineCursor line, ReadOnlySpan<byte> text, int limit)
    {
        if (text.IsEmpty)
        {
            line.Byte((byte)'-');
        }
        else
        {
            Text(ref line, text, limit);
        }
    }

    private static void Text(ref LineCursor line, ReadOnlySpan<byte> text, int limit)
    {
        text = LineBounds.Cut(text, limit, out bool wasCut);
        while (true)
        {
            int plain = text.IndexOfAnyExcept(Plain);
            if (plain < 0)
            {
                line.Bytes(text);
                break;
            }

            line.Bytes(text[..plain]);
            line.Bytes("\\x"u8);
            line.HexPair(text[plain]);
            text = text[(plain + 1)..];
        }

        if (wasCut)
        {
            line.Bytes("..."u8);
        }
    }
}
