using System.Runtime.InteropServices;
using Atlas.Engine.Interop;

namespace Atlas.Engine.Links;

/// <summary>Takes apart what came in one datagram of netlink (netlink(7)). What is cut or says a wrong length ends it.</summary>
internal ref struct NetlinkMessages(ReadOnlySpan<byte> datagram)
{
    private const int Alignment = 4;

    private ReadOnlySpan<byte> _rest = datagram;

    /// <summary>How many bytes are left.</summary>
    internal readonly int Left => _rest.Length;

    /// <summary>Takes the next message.</summary>
    /// <param name="header">Its head.</param>
    /// <param name="body">What follows.</param>
    /// <returns>False: there is none.</returns>
    internal bool TryNext(out NetlinkHeader header, out ReadOnlySpan<byte> body)
    {
        body = default;
        if (!MemoryMarshal.TryRead(_rest, out header) || header.Length < SizeOf<NetlinkHeader>() || header.Length > _rest.Length)
        {
            _rest = default;
            return false;
        }

        int length = (int)header.Length;
        body = _rest[SizeOf<NetlinkHeader>()..length];
        _rest = _rest[Math.Min(Aligned(length), _rest.Length)..];
        return true;
    }

    internal static int Aligned(int length) => (length + Alignment - 1) & ~(Alignment - 1);

    internal static unsafe int SizeOf<T>()
        where T : unmanaged => sizeof(T);
}
