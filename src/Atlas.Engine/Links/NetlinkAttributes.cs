using System.Runtime.InteropServices;
using Atlas.Engine.Interop;

namespace Atlas.Engine.Links;

/// <summary>Takes the attributes of a message of rtnetlink apart (rtnetlink(7)). What is cut or says a wrong length ends it.</summary>
internal ref struct NetlinkAttributes(ReadOnlySpan<byte> attributes)
{
    // Without the flags of nested ones and of network order (linux/netlink.h).
    private const ushort TypeMask = 0x3FFF;

    private ReadOnlySpan<byte> _rest = attributes;

    /// <summary>Takes the next attribute.</summary>
    /// <returns>False: there is none.</returns>
    internal bool TryNext(out int type, out ReadOnlySpan<byte> value)
    {
        int head = NetlinkMessages.SizeOf<RouteAttribute>();
        type = 0;
        value = default;
        if (!MemoryMarshal.TryRead(_rest, out RouteAttribute attribute) || attribute.Length < head || attribute.Length > _rest.Length)
        {
            _rest = default;
            return false;
        }

        type = attribute.Type & TypeMask;
        value = _rest[head..attribute.Length];
        _rest = _rest[Math.Min(NetlinkMessages.Aligned(attribute.Length), _rest.Length)..];
        return true;
    }
}
