using System.Buffers;
using System.Text;
using Atlas.Protocols.Hpack;
using Atlas.Protocols.Http;
using Atlas.Protocols.Http1;

namespace Atlas.Protocols.Http2;

/// <summary>What holds for the fields of requests, responses and trailers alike (RFC 9113 8.2).</summary>
internal static class FieldRules
{
    // The bytes of a token (RFC 9110 5.6.2) without upper case.
    private static readonly SearchValues<byte> LowerToken = SearchValues.Create("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz"u8);

    /// <summary>Checks a field that is not a pseudo-header field.</summary>
    /// <param name="fields">The list.</param>
    /// <param name="index">Which field.</param>
    public static Http2Error Check(HpackFields fields, int index)
    {
        ReadOnlySpan<byte> name = fields.Name(index);
        if (name.IsEmpty || name.ContainsAnyExcept(LowerToken))
        {
            return name.ContainsAnyInRange((byte)'A', (byte)'Z') ? Http2Error.UpperCaseFieldName : Http2Error.InvalidFieldName;
        }

        ReadOnlySpan<byte> value = fields.Value(index);
        if (!FieldSyntax.IsFieldValue(value))
        {
            return Http2Error.InvalidFieldValue;
        }

        switch (fields.Known(index))
        {
            case KnownHeader.Connection:
            case KnownHeader.ProxyConnection:
            case KnownHeader.KeepAlive:
            case KnownHeader.TransferEncoding:
            case KnownHeader.Upgrade:
                return Http2Error.ConnectionField;
            case KnownHeader.Te:
                return Ascii.EqualsIgnoreCase(value, "trailers"u8) ? Http2Error.None : Http2Error.InvalidTe;
            default:
                return Http2Error.None;
        }
    }

    /// <summary>Takes a Content-Length, of which there may be one.</summary>
    /// <param name="value">The value.</param>
    /// <param name="length">-1, and the number afterwards.</param>
    public static Http2Error TakeLength(ReadOnlySpan<byte> value, ref long length)
    {
        if (length >= 0)
        {
            return Http2Error.DuplicateContentLength;
        }

        return ContentLengthField.Parse(value, out length) == HttpError.None ? Http2Error.None : Http2Error.InvalidContentLength;
    }
}
