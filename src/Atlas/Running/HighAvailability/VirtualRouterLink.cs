using System.Net;
using Atlas.Core.Configuration;
using Atlas.Engine.Links;
using Atlas.Protocols.Vrrp;

namespace Atlas.Running.HighAvailability;

/// <summary>What a virtual router has of the kernel: the sockets on its interface, and its addresses there. The thread of
/// <see cref="VirtualRouters"/> only.</summary>
internal sealed partial class VirtualRouterLink : IDisposable
{
    // The next advertisement of the thread's other virtual routers must not be late.
    private const int MaxCuts = 2_000;
    private const int CutMs = 20;

    private readonly LinkTable _table;
    private readonly LinkPoller _poller;
    private readonly ConnectionCutter? _cutter;
    private readonly bool _isIpv6;
    private readonly LinkAddress[] _destinations;
    private readonly List<ListedAddress> _listed = [];
    private VirtualRouterConfig _config;
    private byte[] _addresses;
    private NetworkLink? _link;
    private RawIpSocket? _socket;
    private PacketSocket? _frames;
    private RawIpSocket? _icmp;
    private int _slot = -1;
    private IReadOnlyList<InterfaceAddress> _held = [];

    internal VirtualRouterLink(VirtualRouterConfig config, LinkTable table, LinkPoller poller, ConnectionCutter? cutter)
    {
        _cutter = cutter;
        _config = config;
        _table = table;
        _poller = poller;
        _isIpv6 = config.IsIPv6;
        _addresses = Packed(config);
        _destinations = config.UnicastPeers.Count > 0
            ? [.. config.UnicastPeers.Select(LinkAddress.Of)]
            : [LinkAddress.Of(_isIpv6 ? VrrpAdvertisement.Ipv6Group : VrrpAdvertisement.Ipv4Group)];
    }

    /// <summary>The address that advertisements leave from; null while the interface has none, or is not there.</summary>
    internal IPAddress? Primary { get; private set; }

    /// <summary>What is missing, in words; null: nothing.</summary>
    internal string? Missing { get; private set; } = "it was not looked at yet";

    /// <summary>What the checksums of those who were heard cover over IPv4; this node's are alike, since some understand one form
    /// only.</summary>
    internal VrrpChecksumForm ChecksumForm { get; private set; } = VrrpChecksumForm.PseudoHeader;

    /// <summary>Advertisements of this virtual router that were passed over because they were sent to another address than the one that it
    /// hears: the group, or with <c>unicast_peers</c> <see cref="Primary"/>.</summary>
    internal long Misdirected { get; private set; }

    /// <summary>The interface's hardware address as of the last look; none while it has none, or is not there.</summary>
    internal HardwareAddress Hardware => _link?.HardwareAddress ?? default;

    /// <summary>Looks at the interface anew and opens the sockets on it, if they are not.</summary>
    internal void Look()
    {
        int result = _table.Find(_config.Interface, out NetworkLink? link);
        if (result < 0 || link is not { IsUp: true, IsRunning: true })
        {
            Lose(result < 0 ? LinkRights.Text(result) : link!.IsUp ? "it has no carrier" : "it is down");
            return;
        }

        bool isAnother = _link?.Index != link.Index;
        if (isAnother)
        {
            Close();
        }

        if (isAnother && !_isIpv6)
        {
            // A virtual address may be the first of its network there: when it goes, those of others must not. Where the kernel refuses
            // that, all else is as it is.
            _table.PromoteSecondaries(link.Index);
        }

        _link = link;
        if (isAnother && Missing is null)
        {
            // The addresses went with the other one: who has them must not go on as if nothing was.
            Lose("it was made anew");
            return;
        }

        Primary = FindPrimary(link);
        if (Primary is null)
        {
            Lose(_config.SourceAddress is { } source ? $"it does not have {source}" : $"it has no IPv{(_isIpv6 ? 6 : 4)} address to send from");
        }
        else if (ForeignAddress.Find(_config.Addresses.Except(_held), _listed) is { } foreign)
        {
            Lose(ForeignAddress.Words(foreign));
        }
        else if (_socket is null && Open(link) is int error and not 0)
        {
            Lose(LinkRights.Text(error));
        }
        else
        {
            Missing = null;
        }
    }

    /// <summary>Takes the next advertisement of this virtual router that waits.</summary>
    /// <param name="advertisement">It; its bytes are lent until the next call.</param>
    /// <param name="sender">Who sent it: 4 or 16 bytes, lent as long.</param>
    /// <param name="room">Where the sender's bytes go.</param>
    /// <param name="malformed">How many packets were passed over because of what is in them.</param>
    /// <param name="left">How many packets may be taken, with those that are passed over.</param>
    internal bool TryReceive(
        out VrrpAdvertisement advertisement, out ReadOnlySpan<byte> sender, Span<byte> room, ref long malformed, ref int left)
    {
        Span<byte> destination = stackalloc byte[LinkAddress.MaxLength];
        while (left > 0 && _socket is not null && _socket.Receive(out RawPacket packet) >= 0)
        {
            left--;
            int length = packet.Source.WriteTo(room);
            sender = room[..length];
            if (packet.IsCut || length == 0 || packet.Destination.WriteTo(destination) != length)
            {
                malformed++;
                continue;
            }

            VrrpAdvertisementError error = VrrpAdvertisement.Read(packet.Payload, sender, destination[..length], packet.HopLimit, out advertisement);
            if (error != VrrpAdvertisementError.None)
            {
                malformed++;
                NoteVersion(error, packet.Payload, sender);
            }
            else if (advertisement.RouterId != _config.RouterId)
            {
                continue;
            }
            else if (!IsForUs(packet.Destination))
            {
                Misdirected++;
            }
            else
            {
                ChecksumForm = _isIpv6 ? ChecksumForm : advertisement.ChecksumForm;
                return true;
            }
        }

        advertisement = default;
        sender = default;
        return false;
    }

    /// <summary>Sends an advertisement to all who listen.</summary>
    /// <returns>0, or the last negative error number.</returns>
    internal int Send(byte priority, int intervalMs)
    {
        if (_socket is null || Primary is null)
        {
            return 0;
        }

        var advertisement = new VrrpAdvertisement
        {
            RouterId = (byte)_config.RouterId,
            Priority = priority,
            IntervalCentiseconds = (ushort)(intervalMs / 10),
            Addresses = _addresses,
            ChecksumForm = ChecksumForm,
        };
        Span<byte> message = stackalloc byte[VrrpAdvertisement.MaxLength];
        Span<byte> from = stackalloc byte[LinkAddress.MaxLength];
        Span<byte> to = stackalloc byte[LinkAddress.MaxLength];
        LinkAddress source = LinkAddress.Of(Primary);
        int length = source.WriteTo(from);
        int failed = 0;
        foreach (LinkAddress destination in _destinations)
        {
            if (destination == source)
            {
                // One file for all nodes: this one is among the peers.
                continue;
            }

            destination.WriteTo(to);
            int written = advertisement.Write(message, from[..length], to[..length]);
            int result = _socket.Send(message[..written], source, destination);
            failed = result < 0 ? result : failed;
        }

        return failed;
    }

    /// <summary>Puts the addresses on the interface, or has them stay, for a time.</summary>
    /// <returns>0, or a negative error number.</returns>
    internal int Keep(int seconds)
    {
        _held = _config.Addresses;
        int failed = 0;
        foreach (InterfaceAddress address in _config.Addresses)
        {
            LinkAddress own = LinkAddress.Of(address.Address);
            bool hasRoute = _isIpv6 && HasNetworkOf(own, address.PrefixLength);
            int result = _link is null ? 0 : _table.KeepAddress(_link.Index, own, address.PrefixLength, seconds, hasRoute);
            failed = result < 0 ? result : failed;
        }

        return failed;
    }

    /// <summary>Takes the addresses off the interface: those that this process has put there, or one before it.</summary>
    /// <param name="cuts">Whether what is open on them is reset.</param>
    internal void Release(bool cuts)
    {
        Remove(_config.Addresses.Where(address => _held.Contains(address) || ForeignAddress.Find([address], _listed) is null), cuts);
        _held = [];
    }

    /// <summary>Goes by a configuration with other addresses of the same family, all else being equal.</summary>
    /// <param name="config">It.</param>
    /// <param name="hasAddresses">Whether the interface has the addresses, of which those that are gone are taken off.</param>
    internal void Change(VirtualRouterConfig config, bool hasAddresses)
    {
        if (hasAddresses)
        {
            Remove(_held.Except(config.Addresses), cuts: true);
        }

        _config = config;
        _addresses = Packed(config);
    }

    /// <summary>Takes off what a process that crashed has left.</summary>
    internal void RemoveLeft()
    {
        if (_link is null || _table.ListAddresses(_link.Index, _listed) < 0)
        {
            return;
        }

        foreach (ListedAddress left in _listed)
        {
            if (left.Protocol == LinkTable.Mark && IsVirtual(left.Address))
            {
                _table.RemoveAddress(_link.Index, left.Address, left.PrefixLength);
            }
        }
    }

    public void Dispose() => Close();

    private static byte[] Packed(VirtualRouterConfig config) => [.. config.Addresses.SelectMany(address => address.Address.GetAddressBytes())];

    private void Remove(IEnumerable<InterfaceAddress> addresses, bool cuts)
    {
        if (_link is not null)
        {
            long begun = Environment.TickCount64;
            foreach (InterfaceAddress address in addresses)
            {
                LinkAddress own = LinkAddress.Of(address.Address);

                // Their clients' packets go elsewhere from here on, and whoever only waits would wait for ever. A link-local address may be
                // on another interface as well.
                if (cuts && !own.IsLinkLocal && Environment.TickCount64 - begun < CutMs)
                {
                    _cutter?.Cut(own, MaxCuts, out _);
                }

                _table.RemoveAddress(_link.Index, own, address.PrefixLength);
            }
        }
    }

    private bool IsForUs(in LinkAddress destination) =>
        _config.UnicastPeers.Count > 0 ? Primary is not null && destination == LinkAddress.Of(Primary) : destination == _destinations[0];

    private bool IsVirtual(in LinkAddress address)
    {
        foreach (InterfaceAddress own in _config.Addresses)
        {
            if (LinkAddress.Of(own.Address) == address)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether the interface has an address of the same network that is its own.</summary>
    private bool HasNetworkOf(in LinkAddress address, int prefixLength)
    {
        foreach (ListedAddress known in _listed)
        {
            if (known.PrefixLength == prefixLength
                && known.Protocol != LinkTable.Mark
                && known.Address.SharesPrefix(address, prefixLength)
                && !IsVirtual(known.Address))
            {
                return true;
            }
        }

        return false;
    }

    private IPAddress? FindPrimary(NetworkLink link)
    {
        if (_table.ListAddresses(link.Index, _listed) < 0)
        {
            return Primary;
        }

        // RFC 9568 5.1.2.1: an IPv6 packet comes from the link-local address. One to a peer with an address of another scope can't.
        bool isLinkLocal = _isIpv6 && (_config.UnicastPeers.Count == 0 || _destinations[0].IsLinkLocal);
        LinkAddress wanted = _config.SourceAddress is { } source ? LinkAddress.Of(source) : default;
        foreach (ListedAddress known in _listed)
        {
            LinkAddress address = known.Address;
            if (wanted.IsNone
                ? address.IsIpv6 == _isIpv6 && address.IsLinkLocal == isLinkLocal && known.IsUsable && known.Protocol != LinkTable.Mark && !IsVirtual(address)
                : address == wanted && known.IsUsable)
            {
                return address.ToIPAddress();
            }
        }

        return null;
    }

    private int Open(NetworkLink link)
    {
        _socket = RawIpSocket.TryOpen(_isIpv6, VrrpAdvertisement.Protocol, link, out int error);
        if (_socket is null)
        {
            return error;
        }

        if (_config.UnicastPeers.Count == 0)
        {
            error = -_socket.Join(_destinations[0]);
        }

        if (error == 0 && _isIpv6)
        {
            _icmp = RawIpSocket.TryOpen(isIpv6: true, UnsolicitedNeighborAdvertisement.Protocol, link, out error);
        }
        else if (error == 0)
        {
            _frames = PacketSocket.TryOpen(out error);
        }

        _slot = error == 0 ? _poller.Watch(_socket) : -1;
        if (error != 0 || _slot < 0)
        {
            Close();
        }

        return error != 0 ? error : Math.Min(_slot, 0);
    }

    private void Lose(string missing)
    {
        Missing = missing;
        Primary = null;
        Close();
    }

    private void Close()
    {
        if (_slot >= 0)
        {
            _poller.Unwatch(_slot);
            _slot = -1;
        }

        _socket?.Dispose();
        _frames?.Dispose();
        _icmp?.Dispose();
        _socket = null;
        _frames = null;
        _icmp = null;
    }
}
