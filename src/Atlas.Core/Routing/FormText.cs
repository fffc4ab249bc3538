namespace Atlas.Core.Routing;

/// <summary>Names and values of a query as HTML forms encode them (WHATWG URL, application/x-www-form-urlencoded).</summary>
internal static class FormText
{
    /// <summary>
    /// The text with <c>+</c> as a space and percent-encoded bytes decoded, once. A <c>%</c> without two digits stands for itself.
    /// </summary>
    /// <param name="text">As it came.</param>
    /// <param name="scratch">Holds the result where it differs.</param>
    /// <returns>Lent until the scratch is used again.</returns>
    public static ReadOnlySpan<byte> Decode(ReadOnlySpan<byte> text, RouteScratch scratch)
    {
        int special = text.IndexOfAny((byte)'+', (byte)'%');
        return special < 0 ? text : DecodeInto(text, special, scratch.Bytes(text.Length));
    }

    private static ReadOnlySpan<byte> DecodeInto(ReadOnlySpan<byte> text, int special, Span<byte> destination)
    {
        text[..special].CopyTo(destination);
        int length = special;
        for (int i = special; i < text.Length; i++)
        {
            int value = text[i] == '%' ? PathBytes.Decode(text[i..]) : -1;
            destination[length++] = value >= 0 ? (byte)value : text[i] == '+' ? (byte)' ' : text[i];
            i += value >= 0 ? 2 : 0;
        }

        return destination[..length];
    }
}
