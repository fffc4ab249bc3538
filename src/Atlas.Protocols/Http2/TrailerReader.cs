using Atlas.Protocols.Hpack;
using Atlas.Protocols.Http1;

namespace Atlas.Protocols.Http2;

/// <summary>Checks trailers (RFC 9113 8.1) and writes them as a trailer section of HTTP/1.1.</summary>
internal static class TrailerReader
{
    /// <summary>Checks a list.</summary>
    /// <param name="fields">The decoded block, within its limits.</param>
    public static Http2Error Check(HpackFields fields)
    {
        for (int i = 0; i < fields.Count; i++)
        {
            ReadOnlySpan<byte> name = fields.Name(i);
            Http2Error error = !name.IsEmpty && name[0] == ':' ? Http2Error.PseudoFieldInTrailers : FieldRules.Check(fields, i);
            if (error != Http2Error.None)
            {
                return error;
            }
        }

        return Http2Error.None;
    }

    /// <summary>Writes the section of a list that was checked, with its final empty line.</summary>
    /// <param name="fields">The list.</param>
    /// <param name="destination">As many bytes as the fields count, and 2.</param>
    /// <returns>Bytes written.</returns>
    public static int Write(HpackFields fields, Span<byte> destination)
    {
        HeadWriter writer = new(destination);
        for (int i = 0; i < fields.Count; i++)
        {
            writer.Field(fields.Name(i), fields.Value(i));
        }

        writer.End();
        return writer.Written;
    }
}
