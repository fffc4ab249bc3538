using Atlas.Protocols.Http;

namespace Atlas.Protocols.Http1;

/// <summary>The value of Content-Length (RFC 9110 8.6): digits and nothing else. A list of equal numbers is set apart.</summary>
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

    /// <summary>Reads a list that has the same number in every place, as in <c>5, 5</c>.</summary>
    /// <param name="value">The field value.</param>
    /// <param name="length">The number, 0 to 2^63 - 1.</param>
    /// <returns>False if the numbers differ, or an element is empty or anything else than digits.</returns>
    public static bool TryParseEqual(ReadOnlySpan<byte> value, out long length)
    {
        length = -1;
        int comma;
        do
        {
            comma = value.IndexOf((byte)',');
            ReadOnlySpan<byte> element = (comma < 0 ? value : value[..comma]).Trim(" \t"u8);
            if (Parse(element, out long number) != HttpError.None || (length >= 0 && number != length))
            {
                return false;
            }

            length = number;
            value = value[(comma + 1)..];
        }
        while (comma >= 0);
        return true;
    }
}
