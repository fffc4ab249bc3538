using Atlas.Engine.Links;
using Atlas.Protocols.Vrrp;

namespace Atlas.Running.HighAvailability;

/// <summary>How a link tells the network of addresses.</summary>
internal sealed partial class VirtualRouterLink
{
    /// <summary>Tells the network once that this node has the addresses.</summary>
    internal void Announce()
    {
        if (_link is null || _link.HardwareAddress.IsNone || !_link.HasArp)
        {
            return;
        }

        Span<byte> mac = stackalloc byte[HardwareAddress.Length];
        _link.HardwareAddress.WriteTo(mac);
        Span<byte> room = stackalloc byte[GratuitousArp.FrameLength];
        Span<byte> from = stackalloc byte[LinkAddress.MaxLength];
        for (int at = 0; at < _addresses.Length; at += _isIpv6 ? 16 : 4)
        {
            ReadOnlySpan<byte> address = _addresses.AsSpan(at, _isIpv6 ? 16 : 4);
            if (!_isIpv6)
            {
                // Some hosts take one form only.
                GratuitousArp.Write(room, mac, address, GratuitousArpForm.Request);
                _frames?.Send(_link.Index, room);
                GratuitousArp.Write(room, mac, address, GratuitousArpForm.Reply);
                _frames?.Send(_link.Index, room);
            }
            else if (Primary is not null && LinkAddress.Of(Primary) is var source && source.WriteTo(from) > 0)
            {
                int length = UnsolicitedNeighborAdvertisement.Write(room, from, address, mac);
                _icmp?.Send(room[..length], source, LinkAddress.Of(UnsolicitedNeighborAdvertisement.Destination));
            }
        }
    }
}
