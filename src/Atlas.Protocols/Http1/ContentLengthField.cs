using Atlas.Protocols.Http;

namespace Atlas.Protocols.Http1;

/// <summary>The value of Content-Length (RFC 9110 8.6): digits and nothing else, not even a list of equal numbers.</summary>
internal static class ContentLengthField
{
    /// <summary>Reads the value.</summary>
    /// <param name="value">The field value.</param>
    /// <param name="length">The number, 0 to 2^63 - 1.</param>
    public static HttpError Parse(ReadOnlySpan<byte> value, out long length)
    {
        length = 0;
        if (value.IsEmpty || value.ContainsAnyExceptInRange((byte)'0', (byte)'9'))
        {
            return HttpError.InvalidContentLength;
        }

        foreach (byte digit in value)
        {
            int number = digit - '0';
            if (length > (long.MaxValue - number) / 10)
            {
                return HttpError.ContentLengthOverflow;
            }

            length = (length * 10) + number;
        }

        return HttpError.None;
    }
}
