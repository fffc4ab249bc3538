using System.Runtime.CompilerServices;
using Atlas.Engine.Interop;
using static Atlas.Engine.Interop.LinkConstants;
using static Atlas.Engine.Interop.LinuxConstants;

namespace Atlas.Engine.Links;

/// <content>How packets leave and come.</content>
public sealed unsafe partial class RawIpSocket
{
    // IP_PKTINFO; or IPV6_PKTINFO and IPV6_HOPLIMIT. Of ulong, so that heads lie where they may.
    private const int ControlWords = 12;

    // RFC 791 3.1.
    private const int MinHeader = 20;
    private const int TtlAt = 8;
    private const int SourceAt = 12;
    private const int DestinationAt = 16;
    private const int Ipv4Length = 4;

    /// <summary>Sends a packet, to which the kernel writes the IP header.</summary>
    /// <param name="payload">What follows the header.</param>
    /// <param name="source">The address that it leaves from, which must be one of this host; none: the kernel chooses.</param>
    /// <param name="destination">An address or a group.</param>
    /// <returns>The number of bytes, or a negative error number: EAGAIN or ENOBUFS where no more fits, ENETDOWN, ENETUNREACH or
    /// EHOSTUNREACH where there is no way, EINVAL or EADDRNOTAVAIL where the source is not this host's, EMSGSIZE past the link's
    /// MTU, EAFNOSUPPORT for addresses of the other family, EPERM where the firewall refuses.</returns>
    public int Send(ReadOnlySpan<byte> payload, in LinkAddress source, in LinkAddress destination)
    {
        if (destination.IsNone || destination.IsIpv6 != IsIpv6 || (!source.IsNone && source.IsIpv6 != IsIpv6))
        {
            return -Errno.EAFNOSUPPORT;
        }

        // All is on the stack or pinned, and the kernel keeps no pointer past the call.
        byte* name = stackalloc byte[LinkAddress.SocketAddressLength6];
        Unsafe.InitBlockUnaligned(name, 0, LinkAddress.SocketAddressLength6);
        ulong* control = stackalloc ulong[ControlWords];
        fixed (byte* bytes = payload)
        {
            var vector = new IoVector { Base = bytes, Length = (nuint)payload.Length };
            var message = new MessageHeader
            {
                Name = name,
                NameLength = destination.WriteSocketAddress(name, _linkIndex),
                Vectors = &vector,
                VectorCount = 1,
                Control = control,
                ControlLength = (nuint)(source.IsNone ? 0 : WriteSource((byte*)control, source)),
            };
            return _descriptor.Send(&message);
        }
    }

    /// <summary>Receives a packet.</summary>
    /// <param name="packet">The packet, lent until the next receive.</param>
    /// <returns>The bytes of its payload, or a negative error number: EAGAIN when none waits; ENETDOWN and others tell once what
    /// happened since.</returns>
    public int Receive(out RawPacket packet)
    {
        packet = default;
        if (_buffer is null)
        {
            return -Errno.EBADF;
        }

        // The buffer is this object's, the rest is on the stack, and the kernel keeps no pointer past the call.
        byte* name = stackalloc byte[LinkAddress.SocketAddressLength6];
        ulong* control = stackalloc ulong[ControlWords];
        var vector = new IoVector { Base = _buffer, Length = MaxPacketLength };
        var message = new MessageHeader
        {
            Name = name,
            NameLength = LinkAddress.SocketAddressLength6,
            Vectors = &vector,
            VectorCount = 1,
            Control = control,
            ControlLength = ControlWords * sizeof(ulong),
        };
        int length = _descriptor.Receive(&message, MSG_DONTWAIT);
        if (length < 0)
        {
            return length;
        }

        var bytes = new ReadOnlySpan<byte>(_buffer, length);
        bool isCut = (message.Flags & MSG_TRUNC) != 0;
        packet = IsIpv6 ? Read6(bytes, &message, isCut) : Read4(bytes, &message, isCut);
        return packet.Payload.Length;
    }

    private static RawPacket Read4(ReadOnlySpan<byte> bytes, MessageHeader* message, bool isCut)
    {
        // The kernel has checked it; what is not so has no TTL that anybody accepts.
        int header = bytes.IsEmpty ? 0 : (bytes[0] & 0xF) * sizeof(uint);
        if (header < MinHeader || header > bytes.Length)
        {
            return new RawPacket { HopLimit = -1, IsCut = true };
        }

        byte* place = FindControl(message, IPPROTO_IP, IP_PKTINFO, sizeof(PacketAddress));
        return new RawPacket
        {
            Payload = bytes[header..],
            Source = LinkAddress.Of(bytes.Slice(SourceAt, Ipv4Length)),
            Destination = LinkAddress.Of(bytes.Slice(DestinationAt, Ipv4Length)),
            HopLimit = bytes[TtlAt],
            LinkIndex = place is null ? 0 : ((PacketAddress*)place)->Interface,
            IsCut = isCut,
        };
    }

    private static RawPacket Read6(ReadOnlySpan<byte> bytes, MessageHeader* message, bool isCut)
    {
        byte* place = FindControl(message, IPPROTO_IPV6, IPV6_PKTINFO, sizeof(PacketAddress6));
        byte* hops = FindControl(message, IPPROTO_IPV6, IPV6_HOPLIMIT, sizeof(int));
        return new RawPacket
        {
            Payload = bytes,
            Source = message->NameLength < LinkAddress.SocketAddressLength6 ? default : LinkAddress.ReadSocketAddress6((byte*)message->Name),
            Destination = place is null ? default : LinkAddress.Of(new ReadOnlySpan<byte>(place, LinkAddress.MaxLength)),
            HopLimit = hops is null ? -1 : *(int*)hops,
            LinkIndex = place is null ? 0 : (int)((PacketAddress6*)place)->Interface,
            IsCut = isCut,
        };
    }

    /// <summary>The data of a piece of ancillary data; null: there is none of that length.</summary>
    private static byte* FindControl(MessageHeader* message, int level, int type, int length)
    {
        byte* at = (byte*)message->Control;
        byte* data = ControlHeader.Find(ref at, at + message->ControlLength, level, type, out int found);
        return found >= length ? data : null;
    }

    /// <summary>Writes the piece of ancillary data that says where a packet leaves from.</summary>
    /// <returns>How many bytes.</returns>
    private int WriteSource(byte* control, in LinkAddress source)
    {
        int length = IsIpv6 ? sizeof(PacketAddress6) : sizeof(PacketAddress);
        *(ControlHeader*)control = new ControlHeader
        {
            Length = ControlHeader.LengthOf(length),
            Level = IsIpv6 ? IPPROTO_IPV6 : IPPROTO_IP,
            Type = IsIpv6 ? IPV6_PKTINFO : IP_PKTINFO,
        };
        byte* data = control + sizeof(ControlHeader);
        if (IsIpv6)
        {
            source.WriteTo(new Span<byte>(data, LinkAddress.MaxLength));
            ((PacketAddress6*)data)->Interface = (uint)_linkIndex;
        }
        else
        {
            *(PacketAddress*)data = new PacketAddress { Interface = _linkIndex, Local = source.Ipv4 };
        }

        return ControlHeader.Space(length);
    }
}
