using System.Text;
using Atlas.Protocols.Http;

namespace Atlas.Protocols.Http1;

/// <summary>The value of Transfer-Encoding (RFC 9112 6.1). Only <c>chunked</c> alone is accepted.</summary>
internal static class TransferEncodingField
{
    /// <summary>
    /// None if the value is <c>chunked</c>; unknown if it is a proper list of codings, chunked at most last, of which Atlas
    /// does not know some; invalid for anything else, so that no other reading of it can exist.
    /// </summary>
    /// <param name="value">The field value.</param>
    public static HttpError Check(ReadOnlySpan<byte> value) =>
        Ascii.EqualsIgnoreCase(value, "chunked"u8) ? HttpError.None : Explain(value);

    private static HttpError Explain(ReadOnlySpan<byte> value)
    {
        bool chunked = false;
        while (true)
        {
            int comma = value.IndexOf((byte)',');
            ReadOnlySpan<byte> coding = (comma < 0 ? value : value[..comma]).Trim(" \t"u8);
            int parameters = coding.IndexOf((byte)';');
            ReadOnlySpan<byte> name = parameters < 0 ? coding : coding[..parameters].TrimEnd(" \t"u8);
            if (chunked || !FieldSyntax.IsToken(name))
            {
                return HttpError.InvalidTransferEncoding;
            }

            chunked = Ascii.EqualsIgnoreCase(name, "chunked"u8);
            if (chunked && parameters >= 0)
            {
                return HttpError.InvalidTransferEncoding;
            }

            if (comma < 0)
            {
                return HttpError.UnknownTransferCoding;
            }

            value = value[(comma + 1)..];
        }
    }
}
