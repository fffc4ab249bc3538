using System.Runtime.InteropServices;
using Atlas.Engine.Interop;
using static Atlas.Engine.Interop.LinkConstants;
using static Atlas.Engine.Interop.LinuxConstants;

namespace Atlas.Engine.Links;

/// <summary>A raw socket of an IP protocol (raw(7), ipv6(7)), for packets that no router passes on and that come before others: they
/// leave with TTL or hop limit 255 and the precedence of control traffic, are not heard by this host, and tell with which TTL and by
/// which interface they came. Needs CAP_NET_RAW. Nothing blocks, and nothing allocates per packet. Not thread-safe.</summary>
public sealed unsafe partial class RawIpSocket : ILinkSource, IDisposable
{
    /// <summary>The longest packet in bytes, with IPv4's header: more than 255 addresses of IPv6 take.</summary>
    public const int MaxPacketLength = 8192;

    /// <summary><c>struct icmp6_filter</c>: a bit for each type, set for those that are not heard.</summary>
    internal const int IcmpFilterLength = 32;

    private const int HopLimit = 255;

    // CS6, network control (RFC 2474 4.2.2, RFC 4594 3.1).
    private const int ControlPrecedence = 0xC0;

    private readonly LinkDescriptor _descriptor;
    private readonly int _linkIndex;

    // Native: what the kernel writes a packet to.
    private byte* _buffer;

    private RawIpSocket(LinkDescriptor descriptor, bool isIpv6, int linkIndex)
    {
        _descriptor = descriptor;
        _linkIndex = linkIndex;
        IsIpv6 = isIpv6;
        _buffer = (byte*)NativeMemory.Alloc(MaxPacketLength);
    }

    /// <summary>Whether it is one of IPv6.</summary>
    public bool IsIpv6 { get; }

    LinkDescriptor ILinkSource.Descriptor => _descriptor;

    /// <summary>Opens a socket.</summary>
    /// <param name="isIpv6">The family.</param>
    /// <param name="protocol">The protocol's number, 1 to 254. Of ICMPv6 (58) the socket only sends, with the checksum that the
    /// kernel writes; those of other protocols are the caller's.</param>
    /// <param name="link">The interface that it is tied to, for as long as that is there; null for all, and then only packets to one
    /// address can be sent.</param>
    /// <param name="error">The positive error number when null is returned, else 0: EPERM without CAP_NET_RAW, for which
    /// <see cref="LinkRights.Text"/> has the words; ENODEV where the interface is gone.</param>
    public static RawIpSocket? TryOpen(bool isIpv6, int protocol, NetworkLink? link, out int error)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(protocol, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(protocol, 254);
        var descriptor = LinkDescriptor.TryOpen(isIpv6 ? AF_INET6 : AF_INET, SOCK_RAW | SOCK_NONBLOCK, protocol, out error);
        if (descriptor is null)
        {
            return null;
        }

        int result = link is null ? 0 : descriptor.BindTo(link);
        if (result >= 0)
        {
            result = isIpv6 ? SetOptions6(descriptor, protocol, link?.Index ?? 0) : SetOptions4(descriptor, link?.Index ?? 0);
        }

        if (result >= 0)
        {
            return new RawIpSocket(descriptor, isIpv6, link?.Index ?? 0);
        }

        error = -result;
        descriptor.Close();
        return null;
    }

    /// <summary>Hears a group on the interface that the socket is tied to. A socket of IPv6 hears those that other sockets of the host
    /// have joined there, too, which the kernel can't be told to leave out: look at the destination of what comes.</summary>
    /// <returns>0, or a negative error number: EADDRINUSE where it does already, EINVAL where the address is no group or of another
    /// family, ENODEV where the interface is gone, ENOBUFS past the kernel's bound (net.ipv4.igmp_max_memberships).</returns>
    public int Join(in LinkAddress group) => SetMembership(group, IP_ADD_MEMBERSHIP, IPV6_ADD_MEMBERSHIP);

    /// <summary>Hears a group no longer.</summary>
    /// <returns>0, or a negative error number: EADDRNOTAVAIL where it did not.</returns>
    public int Leave(in LinkAddress group) => SetMembership(group, IP_DROP_MEMBERSHIP, IPV6_DROP_MEMBERSHIP);

    /// <summary>Closes it. Every later call gives EBADF. Idempotent.</summary>
    public void Dispose()
    {
        _descriptor.Close();
        NativeMemory.Free(_buffer);
        _buffer = null;
    }

    private static int SetOptions4(LinkDescriptor descriptor, int linkIndex)
    {
        // IP_MULTICAST_ALL off: else it hears groups that other sockets of the host have joined.
        ReadOnlySpan<(int Name, int Value)> options =
        [
            (IP_PKTINFO, 1), (IP_TTL, HopLimit), (IP_TOS, ControlPrecedence),
            (IP_MULTICAST_TTL, HopLimit), (IP_MULTICAST_LOOP, 0), (IP_MULTICAST_ALL, 0),
        ];
        int result = Set(descriptor, IPPROTO_IP, options);
        return result < 0 || linkIndex == 0
            ? result
            : descriptor.SetOption(IPPROTO_IP, IP_MULTICAST_IF, new GroupRequest { Interface = linkIndex });
    }

    private static int SetOptions6(LinkDescriptor descriptor, int protocol, int linkIndex)
    {
        ReadOnlySpan<(int Name, int Value)> options =
        [
            (IPV6_RECVPKTINFO, 1), (IPV6_RECVHOPLIMIT, 1), (IPV6_UNICAST_HOPS, HopLimit), (IPV6_TCLASS, ControlPrecedence),
            (IPV6_MULTICAST_HOPS, HopLimit), (IPV6_MULTICAST_LOOP, 0), (IPV6_MULTICAST_IF, linkIndex),
        ];
        int result = Set(descriptor, IPPROTO_IPV6, options);
        if (result < 0 || protocol != IPPROTO_ICMPV6)
        {
            return result;
        }

        Span<byte> filter = stackalloc byte[IcmpFilterLength];
        filter.Fill(byte.MaxValue);
        return descriptor.SetOption(IPPROTO_ICMPV6, ICMP6_FILTER, filter);
    }

    private static int Set(LinkDescriptor descriptor, int level, ReadOnlySpan<(int Name, int Value)> options)
    {
        int result = 0;
        for (int i = 0; i < options.Length && result >= 0; i++)
        {
            result = descriptor.SetOption(level, options[i].Name, options[i].Value);
        }

        return result;
    }

    private int SetMembership(in LinkAddress group, int option, int option6)
    {
        if (!group.IsMulticast || group.IsIpv6 != IsIpv6)
        {
            return -Errno.EINVAL;
        }

        if (!IsIpv6)
        {
            return _descriptor.SetOption(IPPROTO_IP, option, new GroupRequest { Group = group.Ipv4, Interface = _linkIndex });
        }

        var request = new GroupRequest6 { Interface = _linkIndex };
        group.WriteTo(new Span<byte>(request.Group, LinkAddress.MaxLength));
        return _descriptor.SetOption(IPPROTO_IPV6, option6, request);
    }
}
