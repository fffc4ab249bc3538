namespace Atlas.Core.HighAvailability;

/// <summary>Which advertisements a virtual router takes, and what it counts of them.</summary>
internal sealed class AdvertisementFilter
{
    private readonly VirtualRouterCounters _counters;
    private readonly UInt128[] _addresses;
    private readonly UInt128[] _peers;
    private readonly int _addressLength;
    private readonly long _intervalUs;

    internal AdvertisementFilter(VirtualRouterSettings settings, VirtualRouterCounters counters)
    {
        _counters = counters;
        _addressLength = settings.PrimaryAddress.GetAddressBytes().Length;
        _addresses = [.. settings.Addresses.Select(AddressKey.Of)];
        _peers = [.. settings.Peers.Select(AddressKey.Of)];
        _intervalUs = settings.AdvertiseUs;
        Primary = AddressKey.Of(settings.PrimaryAddress);
    }

    /// <summary>The address that this node sends from.</summary>
    internal UInt128 Primary { get; set; }

    /// <summary>Whether an advertisement counts. O(number of peers).</summary>
    internal bool Takes(in HeardAdvertisement heard, bool isRunning)
    {
        if (!isRunning)
        {
            _counters.RefusedNotRunning++;
            return false;
        }

        if (heard.Sender.Length != _addressLength)
        {
            _counters.RefusedFamily++;
            return false;
        }

        UInt128 sender = AddressKey.Of(heard.Sender);
        if (sender == Primary)
        {
            _counters.RefusedOwnAddress++;
            return false;
        }

        if (_peers.Length > 0 && !_peers.AsSpan().Contains(sender))
        {
            _counters.RefusedNotAPeer++;
            return false;
        }

        _counters.Heard++;
        _counters.HeardStopped += heard.Priority == 0 ? 1 : 0;
        _counters.HeardOtherInterval += heard.IntervalUs != _intervalUs ? 1 : 0;
        _counters.HeardOtherAddresses += HasAllAddresses(heard.Addresses) ? 0 : 1;
        return true;
    }

    // Nodes need not list them in the same order. Nobody configures an address twice, so that equal numbers and all of the ones
    // there being ours mean equal sets.
    private bool HasAllAddresses(ReadOnlySpan<byte> packed)
    {
        if (packed.Length != _addresses.Length * _addressLength)
        {
            return false;
        }

        for (int at = 0; at < packed.Length; at += _addressLength)
        {
            if (!_addresses.AsSpan().Contains(AddressKey.Of(packed.Slice(at, _addressLength))))
            {
                return false;
            }
        }

        return true;
    }
}
