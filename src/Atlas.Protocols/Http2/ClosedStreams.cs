namespace Atlas.Protocols.Http2;

/// <summary>
/// How the last streams ended, since that decides what a late frame is (RFC 9113 5.1). Streams that were reset here have a
/// memory of their own: others that end do not drive them out.
/// </summary>
/// <param name="remembered">Streams that were reset here and are remembered.</param>
internal sealed class ClosedStreams(int remembered)
{
    private const int OtherStreams = 32;

    private int[] _resetHere = [];
    private int[] _ended = [];
    private int[] _resetByPeer = [];
    private int _resetsHere;
    private int _ends;
    private int _resetsByPeer;

    /// <summary>How a stream ended.</summary>
    /// <param name="id">The number of one that has.</param>
    public ClosedKind KindOf(int id) =>
        _resetHere.AsSpan().Contains(id) ? ClosedKind.ResetHere
        : _resetByPeer.AsSpan().Contains(id) ? ClosedKind.ResetByPeer
        : _ended.AsSpan().Contains(id) ? ClosedKind.Ended
        : ClosedKind.Unknown;

    public void Add(int id, ClosedKind kind)
    {
        switch (kind)
        {
            case ClosedKind.ResetHere:
                Add(ref _resetHere, ref _resetsHere, remembered, id);
                break;
            case ClosedKind.ResetByPeer:
                Add(ref _resetByPeer, ref _resetsByPeer, OtherStreams, id);
                break;
            case ClosedKind.Ended:
                Add(ref _ended, ref _ends, OtherStreams, id);
                break;
            case ClosedKind.Unknown:
            default:
                break;
        }
    }

    private static void Add(ref int[] ring, ref int next, int length, int id)
    {
        if (ring.Length == 0)
        {
            ring = new int[length];
        }

        ring[next] = id;
        next = next + 1 == length ? 0 : next + 1;
    }
}
