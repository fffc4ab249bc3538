namespace Atlas.Core.HighAvailability;

/// <summary>
/// Which of the other nodes live, by what this node hears of them. Pure: time is given in microseconds of a monotonic clock.
/// <code>
///   state     what happens                                        becomes   reason
///   Unknown   a proof                                             Alive     what it says of its data plane
///   Unknown   no proof for DeadAfter                              Dead      Silent, or HearsUsNot
///   Alive     a heartbeat of its boot, later than the last        Alive     what it says of its data plane, at once
///   Alive     DeadAfter since the last proof, or EchoWindow
///             since the round that it echoed was sent             Dead      HearsUsNot if heartbeats came since, else Silent
///   Dead      a proof                                             Alive     what it says of its data plane
///   Dead      heartbeats of its boot without a proof              Dead      HearsUsNot
///   Dead      DeadAfter without any                               Dead      Silent
///   Dead      silent, and a hint within HintUs                    Dead      that of the hint
///   any       a farewell of its boot, later than the last         Stopped   Stopped
///   Stopped   a proof of another boot                             Alive     what it says of its data plane
///   Stopped   a hint                                              Dead      that of the hint, then Stopped again
///   any       a heartbeat that is refused                         the same
/// </code>
/// A hint is what is seen of a peer that is not authentic, or not of it: it gives the silence of a dead one another reason, and does
/// nothing else, so that whoever invents one changes no state. It holds long enough for changes of the reason to stay few.
///
/// A proof is a heartbeat that echoes a round which this boot of this node sent within the echo window, and that is later than the last
/// of its own boot. So a record of a heartbeat proves nothing, whenever it is played back and to whom: to this node before a restart it
/// echoes another boot, later it echoes a round too old, and until then its sequence number was seen. A boot that another has followed is
/// refused for as long as anything of it could be a proof. Only of a node that has not proved itself yet, a record can make the reason
/// HearsUsNot, and nothing else.
///
/// Only a heartbeat that is new and authentic is used; a node that restarts proves itself with the first heartbeat after it has heard
/// this node. One caller at a time. Work is O(1) for a heartbeat, and O(peers) for <see cref="Advance"/>.
/// </summary>
public sealed class PeerLiveness
{
    private readonly string _node;
    private readonly UInt128 _boot;
    private readonly LivenessOptions _options;
    private readonly SentRounds _rounds = new();
    private readonly List<PeerLink> _links = [];

    /// <summary>That of a node without peers.</summary>
    /// <param name="node">This node's name.</param>
    /// <param name="boot">Chosen at random for this object; not 0.</param>
    /// <param name="options">The times.</param>
    public PeerLiveness(string node, UInt128 boot, LivenessOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfZero(boot);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.DeadAfterUs, 2 * options.IntervalUs, nameof(options));
        _node = node;
        _boot = boot;
        _options = options;
    }

    /// <summary>This node's boot.</summary>
    public UInt128 Boot => _boot;

    /// <summary>When time alone changes a state: <see cref="Advance"/> should be called then. <see cref="long.MaxValue"/>: never.</summary>
    public long NextUs => _links.Count == 0 ? long.MaxValue : _links.Min(link => link.NextUs);

    /// <summary>What is known of each, in the order of <see cref="SetPeers"/>.</summary>
    public IReadOnlyList<PeerStatus> Peers => [.. _links.Select(link => link.Status)];

    /// <summary>Says who the other nodes are. Of those that were so before all is kept.</summary>
    public void SetPeers(IEnumerable<string> names, long nowUs)
    {
        var known = _links.ToDictionary(link => link.Status.Name, StringComparer.Ordinal);
        PeerLink[] next = [.. names.Select(name => known.GetValueOrDefault(name) ?? new PeerLink(name, _options, nowUs))];
        _links.Clear();
        _links.AddRange(next);
    }

    /// <summary>Begins a round of heartbeats, one to each peer, which are sent at once.</summary>
    /// <returns>The sequence number of all of them.</returns>
    public ulong BeginRound(long nowUs) => _rounds.Add(nowUs);

    /// <summary>What a heartbeat to a peer echoes. Once for each that is sent.</summary>
    /// <exception cref="ArgumentException">It is no peer.</exception>
    public PeerEcho Echo(string peer, long nowUs) =>
        (Find(peer) ?? throw new ArgumentException($"'{peer}' is no peer", nameof(peer))).Echo(nowUs);

    /// <summary>Takes a heartbeat.</summary>
    /// <param name="message">An authentic one.</param>
    /// <param name="nowUs">Now.</param>
    /// <param name="wallClockMs">This node's wall clock, in milliseconds since 1970.</param>
    /// <param name="change">What it changed; null: neither state nor reason.</param>
    public PeerVerdict Receive(PeerMessage message, long nowUs, long wallClockMs, out PeerChange? change)
    {
        change = null;
        if (message.To != _node || message.From == _node)
        {
            return PeerVerdict.NotForUs;
        }

        if (Find(message.From) is not PeerLink link)
        {
            return PeerVerdict.UnknownSender;
        }

        bool isOurs = _rounds.TryFind(message.Echo.Sequence, out long sentUs) && message.Echo.Boot == _boot;
        PeerStatus before = link.Status;
        PeerVerdict verdict = link.Receive(
            message, isOurs && nowUs - sentUs < _options.EchoWindowUs ? sentUs : null, nowUs, wallClockMs);
        change = ChangeOf(before, link.Status);
        return verdict;
    }

    /// <summary>Notes why nothing of a peer may arrive.</summary>
    /// <param name="peer">Its name. What is no peer is passed over.</param>
    /// <param name="reason">One of a silent peer.</param>
    /// <param name="nowUs">Now.</param>
    /// <returns>What it changed; null: neither state nor reason.</returns>
    public PeerChange? Hint(string peer, PeerReason reason, long nowUs)
    {
        if (Find(peer) is not PeerLink link)
        {
            return null;
        }

        PeerStatus before = link.Status;
        link.Hint(reason, nowUs);
        return ChangeOf(before, link.Status);
    }

    /// <summary>Has all states be what they are at a moment.</summary>
    /// <param name="nowUs">Now.</param>
    /// <param name="changes">Gets what that changes.</param>
    public void Advance(long nowUs, ICollection<PeerChange> changes)
    {
        foreach (PeerLink link in _links)
        {
            PeerStatus before = link.Status;
            link.Advance(nowUs);
            if (ChangeOf(before, link.Status) is PeerChange change)
            {
                changes.Add(change);
            }
        }
    }

    private static PeerChange? ChangeOf(PeerStatus before, PeerStatus now) =>
        before.State == now.State && before.Reason == now.Reason ? null : new PeerChange(before, now);

    private PeerLink? Find(string name) => _links.Find(link => link.Status.Name == name);
}
