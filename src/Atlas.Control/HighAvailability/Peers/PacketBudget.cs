using Atlas.Core.Configuration;
using Atlas.Core.RateLimiting;

namespace Atlas.Control.HighAvailability.Peers;

/// <summary>How many datagrams are looked at closely, since each costs an HMAC. What comes from the addresses of peers has a budget for each,
/// so that a flood from elsewhere takes nothing from them. One caller at a time.</summary>
internal sealed class PacketBudget
{
    /// <summary>Datagrams per second from the address of a peer. It sends two, and some more when its state changes; whoever forges its address
    /// must send more than these to silence it.</summary>
    internal const int PerPeer = 5_000;

    /// <summary>The same from all other addresses together, where peers may be whose packets come by another way. Some ms of a core.</summary>
    internal const int Others = 1_000;

    private static readonly Gcra PeerLimit = new(new Rate(PerPeer, 1_000), PerPeer);
    private static readonly Gcra OthersLimit = new(new Rate(Others, 1_000), Others);

    private readonly Dictionary<string, long> _arrivals = new(StringComparer.Ordinal);
    private long _othersArrival;

    /// <summary>Takes one.</summary>
    /// <param name="peer">The peer whose address it came from; null: none.</param>
    /// <param name="nowUs">Now.</param>
    /// <returns>False: there is none left for now.</returns>
    internal bool TryTake(string? peer, long nowUs)
    {
        if (peer is null)
        {
            return OthersLimit.Decide(ref _othersArrival, nowUs).IsAllowed;
        }

        long arrival = _arrivals.GetValueOrDefault(peer, PeerLimit.UnitsOf(nowUs));
        bool isAllowed = PeerLimit.Decide(ref arrival, nowUs).IsAllowed;
        _arrivals[peer] = arrival;
        return isAllowed;
    }

    /// <summary>Forgets what peers took, when they change. What all other addresses took stays.</summary>
    internal void Reset() => _arrivals.Clear();
}
