namespace Atlas.Proxy.Http;

/// <summary>Random request ids: 128 bits in lower-case hexadecimal. Not secret, so a fast generator per thread.</summary>
internal static class RequestIds
{
    [ThreadStatic]
    private static Random? t_random;

    /// <summary>Writes an id of 32 characters.</summary>
    internal static void Write(Span<byte> destination)
    {
        t_random ??= new Random();
        Span<byte> bits = stackalloc byte[16];
        t_random.NextBytes(bits);
        ReadOnlySpan<byte> digits = "0123456789abcdef"u8;
        for (int i = 0; i < bits.Length; i++)
        {
            destination[2 * i] = digits[bits[i] >> 4];
            destination[(2 * i) + 1] = digits[bits[i] & 15];
        }
    }
}
