using System.Runtime.InteropServices;
using System.Text;
using Atlas.Engine.Interop;
using static Atlas.Engine.Interop.LinkConstants;

namespace Atlas.Engine.Links;

/// <summary>The kernel's table of links and of their addresses (rtnetlink(7)), of the network namespace that the thread was in when it
/// was opened. Reading needs no right; changing needs CAP_NET_ADMIN. Calls take microseconds and wait for the kernel's lock of the
/// table, so they are for the control plane. Not thread-safe.</summary>
public sealed class LinkTable : IDisposable
{
    /// <summary>The mark of addresses that this program added (IFA_PROTO, kernels from 5.18 on), by which it finds those that a crash
    /// left: a number of its own among those of routing protocols, from which the kernel and others take the marks of theirs
    /// (linux/rtnetlink.h; keepalived is 18). <c>ip address</c> shows it as <c>proto 167</c>.</summary>
    public const byte Mark = 167;

    /// <summary>The longest name of a link in bytes.</summary>
    public const int MaxNameLength = IFNAMSIZ - 1;

    // How often a list that was changed while it was read is read again.
    private const int MaxReads = 8;
    private const int HostPrefix6 = 128;

    private readonly NetlinkSocket _socket;

    private LinkTable(NetlinkSocket socket) => _socket = socket;

    /// <summary>Opens it.</summary>
    /// <param name="error">The positive error number when null is returned, else 0.</param>
    public static LinkTable? TryOpen(out int error)
    {
        var socket = NetlinkSocket.TryOpen(0, out error);
        return socket is null ? null : new LinkTable(socket);
    }

    /// <summary>Finds a link by its name.</summary>
    /// <returns>0, or a negative error number: ENODEV where there is none.</returns>
    public int Find(string name, out NetworkLink? link)
    {
        link = null;
        int length = Encoding.UTF8.GetByteCount(name);
        if (length is 0 or > MaxNameLength || name.Contains('\0', StringComparison.Ordinal))
        {
            return -Errno.ENODEV;
        }

        Span<byte> bytes = stackalloc byte[IFNAMSIZ];
        bytes.Clear();
        Encoding.UTF8.GetBytes(name, bytes);
        return Find(0, bytes[..(length + 1)], out link);
    }

    /// <summary>Finds a link by its number.</summary>
    /// <returns>0, or a negative error number: ENODEV where there is none.</returns>
    public int Find(int index, out NetworkLink? link)
    {
        link = null;
        return index > 0 ? Find(index, default, out link) : -Errno.ENODEV;
    }

    /// <summary>Lists the addresses of a link: of each family in the order in which they were added, as far as the kernel keeps
    /// it.</summary>
    /// <param name="index">The link's number; 0 for those of all links.</param>
    /// <param name="addresses">Gets them in place of what it holds; of a link that is not there it gets none.</param>
    /// <returns>0, or a negative error number: EINTR where others change the table all the time: what is there
    /// then may lack some.</returns>
    public int ListAddresses(int index, List<ListedAddress> addresses)
    {
        int result = -Errno.EINTR;
        for (int i = 0; i < MaxReads && result == -Errno.EINTR; i++)
        {
            result = List(index, addresses);
        }

        return result;
    }

    /// <summary>Adds an address to a link, marked with <see cref="Mark"/>. It may be used at once: IPv6 does not look whether others
    /// have the same. With it comes the route to its network, unless the prefix is the whole address or the link has that route
    /// already. An IPv6 address with a prefix of 128 bits is not chosen for what this host sends by itself (RFC 6724 rule 3), and
    /// neither is an IPv4 address in the network of one that was there before.</summary>
    /// <param name="index">The link's number.</param>
    /// <param name="address">The address.</param>
    /// <param name="prefixLength">How many bits of it are the network's.</param>
    /// <returns>0, or a negative error number: EEXIST where the link has it (IPv4: with the same prefix), by whomever it was added;
    /// ENODEV where there is no such link; EPERM without CAP_NET_ADMIN, for which <see cref="LinkRights.Text"/> has the words; EACCES
    /// where IPv6 is switched off there; EINVAL for a prefix or an address that can't be.</returns>
    public int AddAddress(int index, in LinkAddress address, int prefixLength)
    {
        if (!IsPossible(index, address, prefixLength))
        {
            return -Errno.EINVAL;
        }

        var request = new NetlinkRequest(stackalloc byte[NetlinkRequest.MaxLength]);
        Begin(ref request, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, index, address, prefixLength);
        request.Add(IFA_PROTO, Mark);
        if (address.IsIpv6 && prefixLength == HostPrefix6)
        {
            request.Add(IFA_CACHEINFO, new AddressLifetime { Preferred = 0, Valid = uint.MaxValue });
        }

        var answer = default(NoNetlinkAnswer);
        return _socket.Ask(request, ref answer);
    }

    /// <summary>Adds an address as <see cref="AddAddress"/> does, or goes on with one that the link has, for a time: the kernel removes it
    /// by itself unless it is kept again before. So it outlives neither the process nor a process that is stopped.</summary>
    /// <param name="index">The link's number.</param>
    /// <param name="address">The address.</param>
    /// <param name="prefixLength">How many bits of it are the network's.</param>
    /// <param name="seconds">For how long from now on, at least 1.</param>
    /// <param name="hasRoute">Whether the link has the route to its network from another address. The kernel takes an IPv6 route that
    /// ends once, as one from a router's advertisement does, for the address's own, and has it end with the address.</param>
    /// <returns>0, or a negative error number, as <see cref="AddAddress"/> has them but EEXIST.</returns>
    public int KeepAddress(int index, in LinkAddress address, int prefixLength, int seconds, bool hasRoute = false)
    {
        if (!IsPossible(index, address, prefixLength) || seconds < 1)
        {
            return -Errno.EINVAL;
        }

        var request = new NetlinkRequest(stackalloc byte[NetlinkRequest.MaxLength]);
        Begin(ref request, RTM_NEWADDR, NLM_F_CREATE | NLM_F_REPLACE, index, address, prefixLength);
        request.Add(IFA_PROTO, Mark);

        if (address.IsIpv6 && hasRoute)
        {
            request.Add(IFA_FLAGS, IFA_F_NODAD | IFA_F_NOPREFIXROUTE);
        }

        // Of IPv6, others are chosen before it for what this host sends by itself.
        request.Add(IFA_CACHEINFO, new AddressLifetime { Preferred = address.IsIpv6 ? 0 : (uint)seconds, Valid = (uint)seconds });
        var answer = default(NoNetlinkAnswer);
        return _socket.Ask(request, ref answer);
    }

    /// <summary>Has the other addresses of an IPv4 network stay on a link when the first of them goes, be it removed or its time over
    /// (<c>net.ipv4.conf.*.promote_secondaries</c>, which systemd sets for all links). For good.</summary>
    /// <param name="index">The link's number.</param>
    /// <returns>0, or a negative error number: ENODEV where there is no such link; EPERM without CAP_NET_ADMIN.</returns>
    public int PromoteSecondaries(int index)
    {
        // An attribute in an attribute in an attribute, each of which begins with its own length.
        int head = NetlinkMessages.SizeOf<RouteAttribute>();
        Span<byte> family = stackalloc byte[(3 * head) + sizeof(int)];
        MemoryMarshal.Write(family, Nested(family.Length, LinuxConstants.AF_INET));
        MemoryMarshal.Write(family[head..], Nested(family.Length - head, IFLA_INET_CONF));
        MemoryMarshal.Write(
            family[(2 * head)..], new RouteAttribute { Length = (ushort)(head + sizeof(int)), Type = IPV4_DEVCONF_PROMOTE_SECONDARIES });
        MemoryMarshal.Write(family[(3 * head)..], 1);
        var request = new NetlinkRequest(stackalloc byte[NetlinkRequest.MaxLength]);
        request.Begin(RTM_SETLINK, NLM_F_REQUEST | NLM_F_ACK, new LinkHeader { Index = index });
        request.Add(IFLA_AF_SPEC | NLA_F_NESTED, family);
        var answer = default(NoNetlinkAnswer);
        return _socket.Ask(request, ref answer);

        static RouteAttribute Nested(int length, int type) => new() { Length = (ushort)length, Type = (ushort)(type | NLA_F_NESTED) };
    }

    /// <summary>Removes an address from a link, by whomever it was added. If it is the first of its IPv4 network, the kernel removes
    /// the others of that network, too, unless the link <see cref="PromoteSecondaries"/>.</summary>
    /// <param name="index">The link's number.</param>
    /// <param name="address">The address.</param>
    /// <param name="prefixLength">How many bits of it are the network's: with other bits it is another address.</param>
    /// <returns>0, or a negative error number: EADDRNOTAVAIL where the link does not have it; ENODEV where there is no such link; EPERM
    /// without CAP_NET_ADMIN; EINVAL for a prefix or an address that can't be.</returns>
    public int RemoveAddress(int index, in LinkAddress address, int prefixLength) =>
        IsPossible(index, address, prefixLength) ? Remove(index, address, prefixLength) : -Errno.EINVAL;

    /// <summary>Closes it. Every later call gives EBADF. Idempotent.</summary>
    public void Dispose() => _socket.Dispose();

    /// <summary>Asks for a change that can't be, to learn whether changes are allowed.</summary>
    /// <returns>0, or the negative error number.</returns>
    internal int TryChange()
    {
        int result = Remove(int.MaxValue, LinkAddress.Of([127, 0, 0, 1]), sizeof(uint) * 8);
        return result is -Errno.ENODEV or -Errno.EADDRNOTAVAIL ? 0 : result;
    }

    private static bool IsPossible(int index, in LinkAddress address, int prefixLength) =>
        index > 0 && !address.IsNone && !address.IsMulticast && (uint)prefixLength <= (uint)address.Length * 8;

    private static void Begin(
        ref NetlinkRequest request, int type, int flags, int index, in LinkAddress address, int prefixLength)
    {
        request.Begin(type, NLM_F_REQUEST | NLM_F_ACK | flags, new AddressHeader
        {
            Family = (byte)address.Family,
            PrefixLength = (byte)prefixLength,
            Flags = (byte)(address.IsIpv6 && type == RTM_NEWADDR ? IFA_F_NODAD : 0),
            Scope = (byte)(address.IsLinkLocal ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE),
            Index = index,
        });
        request.Add(IFA_LOCAL, address);
        request.Add(IFA_ADDRESS, address);
    }

    private int Remove(int index, in LinkAddress address, int prefixLength)
    {
        var request = new NetlinkRequest(stackalloc byte[NetlinkRequest.MaxLength]);
        Begin(ref request, RTM_DELADDR, 0, index, address, prefixLength);
        var answer = default(NoNetlinkAnswer);
        return _socket.Ask(request, ref answer);
    }

    private int Find(int index, ReadOnlySpan<byte> name, out NetworkLink? link)
    {
        var request = new NetlinkRequest(stackalloc byte[NetlinkRequest.MaxLength]);
        request.Begin(RTM_GETLINK, NLM_F_REQUEST | NLM_F_ACK, new LinkHeader { Index = index });
        request.Add(IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
        if (!name.IsEmpty)
        {
            request.Add(IFLA_IFNAME, name);
        }

        var answer = default(LinkAnswer);
        int result = _socket.Ask(request, ref answer);
        link = result < 0 ? null : answer.Link;
        return result == 0 && link is null ? -Errno.ENODEV : result;
    }

    private int List(int index, List<ListedAddress> addresses)
    {
        var request = new NetlinkRequest(stackalloc byte[NetlinkRequest.MaxLength]);
        request.Begin(RTM_GETADDR, NLM_F_REQUEST | NLM_F_DUMP, default(AddressHeader));
        addresses.Clear();
        var answer = new AddressesAnswer(index, addresses);
        return _socket.Ask(request, ref answer);
    }

    private struct LinkAnswer : INetlinkAnswer
    {
        internal NetworkLink? Link { get; private set; }

        public void Take(int type, ReadOnlySpan<byte> body) => Link = type == RTM_NEWLINK ? LinkMessages.ReadLink(body) : Link;
    }

    private readonly struct AddressesAnswer(int index, List<ListedAddress> addresses) : INetlinkAnswer
    {
        public void Take(int type, ReadOnlySpan<byte> body)
        {
            if (type == RTM_NEWADDR
                && LinkMessages.TryReadAddress(body, out ListedAddress address)
                && (index == 0 || address.LinkIndex == index))
            {
                addresses.Add(address);
            }
        }
    }
}
