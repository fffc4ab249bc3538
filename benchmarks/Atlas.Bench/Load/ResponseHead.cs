using System.Buffers.Text;

namespace Atlas.Bench.Load;

/// <summary>Reads of a response head what the bench checks. It is not the product's parser, which it is there to measure.</summary>
internal static class ResponseHead
{
    /// <summary>False while the head is not complete.</summary>
    /// <param name="bytes">From the head's first byte on.</param>
    /// <param name="length">Bytes of the head.</param>
    /// <param name="status">The status, 0 if there is none.</param>
    /// <param name="bodyBytes">The Content-Length, -1 without one.</param>
    internal static bool TryRead(ReadOnlySpan<byte> bytes, out int length, out int status, out long bodyBytes)
    {
        status = 0;
        bodyBytes = -1;
        length = bytes.IndexOf("\r\n\r\n"u8) + 4;
        if (length < 4)
        {
            return false;
        }

        if (bytes.StartsWith("HTTP/1.1 "u8))
        {
            Utf8Parser.TryParse(bytes[9..], out status, out _);
        }

        ReadOnlySpan<byte> rest = bytes[..(length - 2)];
        while (!rest.IsEmpty)
        {
            if (rest.Length > 16 && rest[14] == ':' && (rest[0] | 0x20) == 'c' && (rest[8] | 0x20) == 'l')
            {
                Utf8Parser.TryParse(rest[16..], out bodyBytes, out _);
            }

            rest = rest[(rest.IndexOf((byte)'\n') + 1)..];
        }

        return true;
    }
}
