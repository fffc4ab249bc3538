using Atlas.Core.HighAvailability;

namespace Atlas.Control.HighAvailability.Peers;

/// <summary>Counts heartbeats. Any thread.</summary>
internal sealed class PeerCounters
{
    private readonly long[] _refused = new long[Enum.GetValues<PeerRefusal>().Length];
    private long _sent;
    private long _unsent;
    private long _taken;

    internal void Sent(bool isSent)
    {
        if (isSent)
        {
            Interlocked.Increment(ref _sent);
        }
        else
        {
            Interlocked.Increment(ref _unsent);
        }
    }

    internal void Refused(PeerRefusal refusal) => Interlocked.Increment(ref _refused[(int)refusal]);

    internal void Judged(PeerVerdict verdict)
    {
        switch (verdict)
        {
            case PeerVerdict.Proof or PeerVerdict.Unproven:
                Interlocked.Increment(ref _taken);
                break;
            case PeerVerdict.Replayed:
                Refused(PeerRefusal.Replayed);
                break;
            case PeerVerdict.OldBoot:
                Refused(PeerRefusal.OldBoot);
                break;
            case PeerVerdict.NotForUs:
                Refused(PeerRefusal.NotForUs);
                break;
            case PeerVerdict.UnknownSender:
                Refused(PeerRefusal.UnknownSender);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(verdict));
        }
    }

    internal PeerMetrics Of(IReadOnlyList<PeerReport> peers) => new(
        peers,
        Interlocked.Read(ref _sent),
        Interlocked.Read(ref _unsent),
        Interlocked.Read(ref _taken),
        [.. Enumerable.Range(0, _refused.Length).Select(i => Interlocked.Read(ref _refused[i]))]);
}
