using System.Runtime.InteropServices;

namespace Atlas.Proxy.Http;

/// <summary>Random request ids: 128 bits in lower-case hexadecimal. Not secret, so the worker's fast generator.</summary>
internal static class RequestIds
{
    /// <summary>Bytes of an id.</summary>
    internal const int Length = 32;

    /// <summary>Writes an id of <see cref="Length"/> bytes.</summary>
    internal static void Write(Random random, Span<byte> destination)
    {
        Span<long> bits = [random.NextInt64(), random.NextInt64()];
        Convert.TryToHexStringLower(MemoryMarshal.AsBytes(bits), destination, out _);
    }
}
