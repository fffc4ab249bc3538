using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;
using Atlas.Control.Pools;

namespace Atlas.Admin.Orders;

/// <summary>Reads the bytes of an order, and says in plain words, with the place, what is wrong with them.</summary>
internal static class OrderText
{
    private const string Needed = """needed is an object, such as {"state":"drain"} or {"weight":2}""";

    // An order has no level below its own; what is deeper is refused where it begins.
    private const int MaxDepth = 4;

    /// <summary>Reads an order.</summary>
    /// <param name="body">JSON as UTF-8.</param>
    /// <param name="error">What is wrong, if anything is.</param>
    /// <returns>Null: it is wrong.</returns>
    internal static ServerOrder? Read(ReadOnlyMemory<byte> body, out string error)
    {
        if (!Utf8.IsValid(body.Span))
        {
            error = $"the body is not UTF-8; {Needed}";
            return null;
        }

        if (body.Span.Trim(" \t\r\n"u8).IsEmpty)
        {
            error = $"the body is empty; {Needed}";
            return null;
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = MaxDepth });
            return OrderParser.Parse(document.RootElement, out error);
        }
        catch (JsonException e)
        {
            error = Describe(body.Span, e.LineNumber ?? 0, e.BytePositionInLine ?? 0);
            return null;
        }
        catch (InvalidOperationException)
        {
            // A surrogate escape that has no other half.
            error = "a text of the body is no Unicode: a \\u escape stands for half a character";
            return null;
        }
    }

    private static string Describe(ReadOnlySpan<byte> body, long line, long position)
    {
        ReadOnlySpan<byte> rest = body;
        for (long i = 0; i < line; i++)
        {
            rest = rest[(rest.IndexOf((byte)'\n') + 1)..];
        }

        rest = rest[(int)Math.Min(position, rest.Length)..];
        string what = rest.IsEmpty ? "it ends too early"
            : rest[0] is > (byte)' ' and <= (byte)'~' ? $"'{(char)rest[0]}' may not stand here"
            : string.Create(CultureInfo.InvariantCulture, $"byte 0x{rest[0]:x2} may not stand here");
        return string.Create(
            CultureInfo.InvariantCulture, $"the body is no JSON: line {line + 1}, byte {position + 1}: {what}; {Needed}");
    }
}
