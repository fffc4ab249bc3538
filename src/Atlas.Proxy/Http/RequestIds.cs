using System.Runtime.InteropServices;

namespace Atlas.Proxy.Http;

/// <summary>Random request ids: 128 bits in lower-case hexadecimal. Not secret, so a fast generator per thread.</summary>
internal static class RequestIds
{
    /// <summary>Bytes of an id.</summary>
    internal const int Length = 32;

    [ThreadStatic]
    private static Random? t_random;

    /// <summary>Writes an id of <see cref="Length"/> bytes.</summary>
    internal static void Write(Span<byte> destination)
    {
        t_random ??= new Random();
        Span<long> bits = [t_random.NextInt64(), t_random.NextInt64()];
        Convert.TryToHexStringLower(MemoryMarshal.AsBytes(bits), destination, out _);
    }
}
