using System.Text;
using Atlas.Engine.Interop;
using Atlas.Engine.Links;

namespace Atlas.Engine.Filters;

/// <summary>
/// Addresses that this host answers for as long as it is told so again and again: when that ends, because the process is stopped, hangs,
/// or is dead, the kernel drops what comes for them, and what asks who has them. Unlike the lifetime of an address, which counts
/// seconds, this counts milliseconds. It is a table of nf_tables (for IPv4 there is a second one of family arp):
/// <code>
///   set held   the addresses, for as long as they may be on an interface: what is not in it is not looked at
///   set live   the same, for a shorter time
///   prerouting from loopback: accept; to an address that is held and not live: drop
///   arp input  who has an address that is held and not live: drop; for IPv6 neighbour solicitations in prerouting
///   input      only with <see cref="AddressLeaseTerms.Accepts"/>. From loopback, or not to an address that is held: accept; to a port in
///              the set served, an error, or of neighbour discovery: accept; the rest: drop
/// </code>
/// Both sets run out by themselves, so that a crash leaves a table that does nothing. It has the lease's name, by which it is replaced
/// or removed at the next start. Needs CAP_NET_ADMIN, in the network namespace that the thread was in when it was opened. Not
/// thread-safe.
/// </summary>
public sealed class AddressLease : IDisposable
{
    /// <summary>What the names of its tables begin with.</summary>
    public const string Prefix = "atlas-vrrp/";

    // What the kernel takes (NFT_TABLE_MAXNAMELEN), without the zero at the end.
    private const int MaxNameLength = 255;

    private readonly NetlinkSocket _socket;
    private readonly AddressFilter _filter;
    private AddressLeaseTerms? _terms;
    private NetlinkBatch? _renewal;

    private AddressLease(NetlinkSocket socket, AddressFilter filter)
    {
        _socket = socket;
        _filter = filter;
    }

    /// <summary>Whether it is in force.</summary>
    public bool IsHeld => _terms is not null;

    /// <summary>Opens one that is not in force yet; one of the same name that another process left, or has, stays as it is.</summary>
    /// <param name="name">Its name, which others of the same family and namespace don't have.</param>
    /// <param name="isIpv6">Whether its addresses are of IPv6.</param>
    /// <param name="error">The positive error number when null is returned, else 0: EPROTONOSUPPORT where the kernel has no
    /// nf_tables.</param>
    public static AddressLease? TryOpen(string name, bool isIpv6, out int error)
    {
        string full = Prefix + name;
        if (Encoding.UTF8.GetByteCount(full) > MaxNameLength || full.Contains('\0', StringComparison.Ordinal))
        {
            error = Errno.EINVAL;
            return null;
        }

        var socket = NetlinkSocket.TryOpen(0, out error, FilterConstants.NETLINK_NETFILTER);
        return socket is null ? null : new AddressLease(socket, new AddressFilter(full, isIpv6));
    }

    /// <summary>Puts it in force from now on, in one step in place of what was in force under its name, by whichever process. To come before
    /// the addresses are put on an interface.</summary>
    /// <returns>0, or a negative error number, and nothing changed: EPERM without CAP_NET_ADMIN; EINVAL for addresses, times or ports
    /// that can't be; ENOENT, EOPNOTSUPP or EAFNOSUPPORT where the kernel lacks what it takes.</returns>
    public int Hold(AddressLeaseTerms terms)
    {
        if (terms.Addresses.Count == 0
            || terms.AnswerMs < 1
            || terms.FilterMs < terms.AnswerMs
            || terms.Accepts?.Any(port => port.Port is < 1 or > ushort.MaxValue || port.TimeoutMs < 0) == true
            || terms.Addresses.Any(address => address.IsNone || address.IsIpv6 != _filter.IsIpv6))
        {
            return -Errno.EINVAL;
        }

        int result = _socket.Ask(_filter.Replace(terms));
        if (result >= 0)
        {
            _terms = terms;
            _renewal = _filter.Renew(terms);
        }

        return result;
    }

    /// <summary>Has it run on from now. Puts it in force anew where somebody has removed it, as <c>nft flush ruleset</c> does. Nothing is
    /// allocated otherwise. Nothing happens where it is not in force.</summary>
    /// <returns>0, or a negative error number, as <see cref="Hold"/> has them: then it is in force still unless
    /// <see cref="IsHeld"/> says that it is gone.</returns>
    public int Renew()
    {
        if (_terms is null || _renewal is null)
        {
            return 0;
        }

        int result = _socket.Ask(_renewal);
        if (result != -Errno.ENOENT)
        {
            return result;
        }

        AddressLeaseTerms terms = _terms;
        _terms = null;
        _renewal = null;
        return Hold(terms);
    }

    /// <summary>Removes it, whichever process has put it in force. To come after the addresses are gone.</summary>
    /// <returns>0, also where there was none, or a negative error number: then it is still in force, and goes on to be renewed.</returns>
    public int Remove()
    {
        int result = _socket.Ask(_filter.Remove());
        if (result >= 0)
        {
            _terms = null;
            _renewal = null;
        }

        return result;
    }

    /// <summary>Tries whether the kernel takes it, and leaves nothing behind.</summary>
    /// <returns>0, or a negative error number, as <see cref="Hold"/> has them.</returns>
    public int Try(AddressLeaseTerms terms) => _socket.Ask(_filter.Try(terms));

    /// <summary>Closes it. What is in force runs out by itself, or goes on for another process of the same name. Every later call gives
    /// EBADF. Idempotent.</summary>
    public void Dispose()
    {
        _terms = null;
        _renewal = null;
        _socket.Dispose();
    }
}
