using System.Runtime.InteropServices;
using System.Text;
using Atlas.Engine.Interop;
using static Atlas.Engine.Interop.LinkConstants;
using static Atlas.Engine.Interop.LinuxConstants;

namespace Atlas.Engine.Links;

/// <summary>Reads the bodies of messages about links and addresses (rtnetlink(7)). Pure.</summary>
internal static class LinkMessages
{
    private const int MaxPrefix = 32;
    private const int MaxPrefix6 = 128;

    /// <summary>Reads the head of a message about a link.</summary>
    /// <returns>False: it is cut, or about something else, as the port of a bridge, which the same kinds of messages tell of.</returns>
    internal static bool TryReadHead(ReadOnlySpan<byte> body, out LinkHeader head) =>
        MemoryMarshal.TryRead(body, out head) && head.Family == 0 && head.Index > 0;

    /// <summary>Reads a message about a link.</summary>
    /// <returns>Null: it is cut, or about something else.</returns>
    internal static NetworkLink? ReadLink(ReadOnlySpan<byte> body)
    {
        if (!TryReadHead(body, out LinkHeader head))
        {
            return null;
        }

        string name = "";
        HardwareAddress hardware = default;
        uint mtu = 0;
        var attributes = new NetlinkAttributes(body[NetlinkMessages.SizeOf<LinkHeader>()..]);
        while (attributes.TryNext(out int type, out ReadOnlySpan<byte> value))
        {
            switch (type)
            {
                case IFLA_IFNAME:
                    name = Encoding.UTF8.GetString(value.TrimEnd((byte)0));
                    break;
                case IFLA_ADDRESS when head.Hardware == ARPHRD_ETHER:
                    hardware = HardwareAddress.Of(value);
                    break;
                case IFLA_MTU:
                    MemoryMarshal.TryRead(value, out mtu);
                    break;
                default:
                    break;
            }
        }

        return name.Length == 0 ? null : Of(head, name, hardware, (int)Math.Min(mtu, int.MaxValue));
    }

    /// <summary>Reads a message about an address.</summary>
    /// <returns>False: it is cut, or of another family.</returns>
    internal static bool TryReadAddress(ReadOnlySpan<byte> body, out ListedAddress address)
    {
        address = default;
        if (!MemoryMarshal.TryRead(body, out AddressHeader head)
            || head.Index <= 0
            || head.Family is not (AF_INET or AF_INET6)
            || head.PrefixLength > (head.Family == AF_INET ? MaxPrefix : MaxPrefix6))
        {
            return false;
        }

        LinkAddress local = default;
        LinkAddress other = default;
        uint flags = head.Flags;
        byte protocol = 0;
        var attributes = new NetlinkAttributes(body[NetlinkMessages.SizeOf<AddressHeader>()..]);
        while (attributes.TryNext(out int type, out ReadOnlySpan<byte> value))
        {
            switch (type)
            {
                case IFA_LOCAL:
                    local = LinkAddress.Of(value);
                    break;
                case IFA_ADDRESS:
                    other = LinkAddress.Of(value);
                    break;
                case IFA_FLAGS when MemoryMarshal.TryRead(value, out uint all):
                    flags = all;
                    break;
                case IFA_PROTO when !value.IsEmpty:
                    protocol = value[0];
                    break;
                default:
                    break;
            }
        }

        // Where a link has two ends, IFA_ADDRESS is that of the other.
        LinkAddress own = local.IsNone ? other : local;
        address = new ListedAddress
        {
            LinkIndex = head.Index,
            Address = own,
            PrefixLength = head.PrefixLength,
            Protocol = protocol,
            IsUsable = (flags & (IFA_F_TENTATIVE | IFA_F_DADFAILED)) == 0,
            IsSecondary = (flags & IFA_F_SECONDARY) != 0,
            IsPermanent = (flags & IFA_F_PERMANENT) != 0,
        };
        return own.Family == head.Family;
    }

    /// <summary>Whether a link carries traffic. The kernel leaves IFF_RUNNING for a moment, or where a driver knows no better, on
    /// links that are switched off.</summary>
    internal static bool IsRunning(LinkHeader head) => (head.Flags & (IFF_UP | IFF_RUNNING)) == (IFF_UP | IFF_RUNNING);

    private static NetworkLink Of(LinkHeader head, string name, HardwareAddress hardware, int mtu) => new()
    {
        Index = head.Index,
        Name = name,
        HardwareAddress = hardware,
        Mtu = mtu,
        IsUp = (head.Flags & IFF_UP) != 0,
        IsRunning = IsRunning(head),
        IsLoopback = (head.Flags & IFF_LOOPBACK) != 0,
        HasMulticast = (head.Flags & IFF_MULTICAST) != 0,
        HasArp = head.Hardware == ARPHRD_ETHER && (head.Flags & IFF_NOARP) == 0,
    };
}
