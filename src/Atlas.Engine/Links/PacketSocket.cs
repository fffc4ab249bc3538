using Atlas.Engine.Interop;
using static Atlas.Engine.Interop.LinkConstants;
using static Atlas.Engine.Interop.LinuxConstants;

namespace Atlas.Engine.Links;

/// <summary>Sends whole Ethernet frames on any interface (AF_PACKET, packet(7)), and hears nothing. Needs CAP_NET_RAW. Not
/// thread-safe.</summary>
public sealed unsafe class PacketSocket : IDisposable
{
    /// <summary>Two hardware addresses and the EtherType: the shortest frame in bytes that is taken.</summary>
    public const int HeadLength = 14;

    private const int TypeAt = 12;

    private readonly LinkDescriptor _descriptor;

    private PacketSocket(LinkDescriptor descriptor) => _descriptor = descriptor;

    /// <summary>Opens one.</summary>
    /// <param name="error">The positive error number when null is returned, else 0: EPERM without CAP_NET_RAW, for which
    /// <see cref="LinkRights.Text"/> has the words.</param>
    public static PacketSocket? TryOpen(out int error)
    {
        // Protocol 0: no frame is delivered to it.
        var descriptor = LinkDescriptor.TryOpen(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK, 0, out error);
        return descriptor is null ? null : new PacketSocket(descriptor);
    }

    /// <summary>Sends a frame as it is: the kernel adds no head, and fills up nothing.</summary>
    /// <param name="linkIndex">The interface.</param>
    /// <param name="frame">From the destination's hardware address on.</param>
    /// <returns>The number of bytes, or a negative error number: ENETDOWN where the link is down, ENODEV or ENXIO where it is gone,
    /// ENOBUFS or EAGAIN where its queue is full, EINVAL for what is shorter than <see cref="HeadLength"/>.</returns>
    public int Send(int linkIndex, ReadOnlySpan<byte> frame)
    {
        if (frame.Length < HeadLength)
        {
            return -Errno.EINVAL;
        }

        var address = new PacketLinkAddress
        {
            Family = AF_PACKET,
            Protocol = System.Runtime.InteropServices.MemoryMarshal.Read<ushort>(frame[TypeAt..]),
            Interface = linkIndex,
        };

        // All is on the stack or pinned, and the kernel keeps no pointer past the call.
        fixed (byte* bytes = frame)
        {
            var vector = new IoVector { Base = bytes, Length = (nuint)frame.Length };
            var message = new MessageHeader
            {
                Name = &address,
                NameLength = (uint)sizeof(PacketLinkAddress),
                Vectors = &vector,
                VectorCount = 1,
            };
            return _descriptor.Send(&message);
        }
    }

    /// <summary>Closes it. Every later call gives EBADF. Idempotent.</summary>
    public void Dispose() => _descriptor.Close();
}
