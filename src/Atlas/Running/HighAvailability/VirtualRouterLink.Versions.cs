using System.Net;
using Atlas.Protocols.Vrrp;

namespace Atlas.Running.HighAvailability;

/// <summary>What a link hears of other versions of VRRP.</summary>
internal sealed partial class VirtualRouterLink
{
    private (IPAddress Sender, int Version)? _otherVersion;

    /// <summary>Who advertised this virtual router's id in another version since the last call; null: nobody.</summary>
    internal (IPAddress Sender, int Version)? TakeOtherVersion()
    {
        (IPAddress, int)? other = _otherVersion;
        _otherVersion = null;
        return other;
    }

    // All versions begin with the version, in four bits, and have the id behind (RFC 2338 5.1, RFC 3768 5.1).
    private void NoteVersion(VrrpAdvertisementError error, ReadOnlySpan<byte> payload, ReadOnlySpan<byte> sender)
    {
        if (error == VrrpAdvertisementError.Version && payload[1] == _config.RouterId && _otherVersion is null)
        {
            _otherVersion = (new IPAddress(sender), payload[0] >> 4);
        }
    }
}
