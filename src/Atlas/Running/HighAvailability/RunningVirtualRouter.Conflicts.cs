using System.Globalization;
using System.Net;
using Atlas.Engine.Links;
using Atlas.Protocols.Vrrp;

namespace Atlas.Running.HighAvailability;

/// <summary>What a virtual router says of others that use its id in another way, by which addresses are at two nodes or at none.</summary>
internal sealed partial class RunningVirtualRouter
{
    // Once a minute at most, whoever sends what; one that was not heard for as long is over.
    private const long ConflictUs = 60_000_000;

    // Null: none.
    private string? _conflict;
    private IPAddress? _conflictsWith;
    private long _mayTellConflictUs = long.MinValue;
    private long _conflictHeardUs;

    /// <summary>Takes an advertisement that the state machine has heard.</summary>
    /// <param name="advertisement">It.</param>
    /// <param name="sender">Whose.</param>
    /// <param name="hasOthers">Whether it has other addresses.</param>
    /// <param name="nowUs">The time.</param>
    private void NoteAddresses(in VrrpAdvertisement advertisement, ReadOnlySpan<byte> sender, bool hasOthers, long nowUs)
    {
        if (hasOthers && MayTellConflict(sender, nowUs))
        {
            var from = new IPAddress(sender);
            TellConflict(from, string.Create(
                CultureInfo.InvariantCulture,
                $"{from} advertises router_id {_config.RouterId} with other addresses ({Listed(advertisement.Addresses, sender.Length)}): it is "
                    + $"another's router_id, or the nodes' files differ; the addresses of whoever is backup are nobody's"));
        }
        else if (!hasOthers && _conflictsWith is not null && IsFrom(sender, _conflictsWith))
        {
            EndConflict();
        }
    }

    /// <summary>Takes what the link has passed over, an advertisement of another version with this id, and forgets what is over.</summary>
    private void NoteVersion(long nowUs)
    {
        if (_conflict is not null && nowUs - _conflictHeardUs > ConflictUs)
        {
            EndConflict();
        }

        if (_link.TakeOtherVersion() is { } other && MayTellConflict(other.Sender.GetAddressBytes(), nowUs))
        {
            TellConflict(other.Sender, string.Create(
                CultureInfo.InvariantCulture,
                $"{other.Sender} advertises router_id {_config.RouterId} in VRRP version {other.Version}, which is not understood, as version 3 is "
                    + $"not there: set vrrp_version 3 there, or both may have the addresses"));
        }
    }

    private static string Listed(ReadOnlySpan<byte> addresses, int length)
    {
        var words = new List<string>();
        for (int at = 0; at + length <= addresses.Length; at += length)
        {
            words.Add(new IPAddress(addresses.Slice(at, length)).ToString());
        }

        return string.Join(", ", words);
    }

    /// <summary>Whether a conflict is to be told: there is none yet, or long enough none was told.</summary>
    private bool MayTellConflict(ReadOnlySpan<byte> with, long nowUs)
    {
        if (_conflictsWith is not null && IsFrom(with, _conflictsWith))
        {
            _conflictHeardUs = nowUs;
            return false;
        }

        if (nowUs < _mayTellConflictUs)
        {
            return false;
        }

        _conflictHeardUs = nowUs;
        _mayTellConflictUs = nowUs + ConflictUs;
        return true;
    }

    private void TellConflict(IPAddress with, string words)
    {
        _conflict = words;
        _conflictsWith = with;
        _say($"virtual router {_status.Name}: {words}");
        Publish();
    }

    private void EndConflict()
    {
        _conflict = null;
        _conflictsWith = null;
        Publish();
    }

    private static bool IsFrom(ReadOnlySpan<byte> sender, IPAddress address)
    {
        Span<byte> known = stackalloc byte[LinkAddress.MaxLength];
        return address.TryWriteBytes(known, out int length) && known[..length].SequenceEqual(sender);
    }
}
