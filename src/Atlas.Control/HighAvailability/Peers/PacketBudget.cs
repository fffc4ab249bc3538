namespace Atlas.Control.HighAvailability.Peers;

/// <summary>How many datagrams are looked at closely, since each costs an HMAC. What comes from the addresses of peers has a budget for each,
/// so that a flood from elsewhere takes nothing from them. One caller at a time.</summary>
internal sealed class PacketBudget
{
    /// <summary>Datagrams per second from the address of a peer. It sends two, and some more when its state changes.</summary>
    internal const int PerPeer = 200;

    /// <summary>The same from all other addresses together, where peers may be whose packets come by another way. Some ms of a core.</summary>
    internal const int Others = 1_000;

    private readonly Dictionary<string, double> _left = new(StringComparer.Ordinal);
    private double _othersLeft = Others;
    private long _lastUs;

    /// <summary>Takes one.</summary>
    /// <param name="peer">The peer whose address it came from; null: none.</param>
    /// <param name="nowUs">Now.</param>
    /// <returns>False: there is none left for now.</returns>
    internal bool TryTake(string? peer, long nowUs)
    {
        Refill(nowUs);
        double left = peer is null ? _othersLeft : _left.GetValueOrDefault(peer, PerPeer);
        if (left < 1)
        {
            return false;
        }

        if (peer is null)
        {
            _othersLeft = left - 1;
        }
        else
        {
            _left[peer] = left - 1;
        }

        return true;
    }

    /// <summary>Forgets what was taken, when peers change.</summary>
    internal void Reset() => _left.Clear();

    private void Refill(long nowUs)
    {
        double seconds = Math.Clamp((nowUs - _lastUs) / 1_000_000.0, 0, 1);
        _lastUs = Math.Max(_lastUs, nowUs);
        _othersLeft = Math.Min(Others, _othersLeft + (seconds * Others));
        foreach (string peer in _left.Keys)
        {
            _left[peer] = Math.Min(PerPeer, _left[peer] + (seconds * PerPeer));
        }
    }
}
