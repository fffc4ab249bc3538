namespace Atlas.Core.HighAvailability;

/// <summary>Boots of a node of which something was heard before any has proved to be the present one. Each is echoed in turn, so that the
/// present one can prove itself though somebody plays back what others said once. Of more than are kept, those with the latest wall clocks
/// are: records are of the past, so that no flood of them drives the present boot out. A clock that is wrong makes nobody live, and costs
/// time only while somebody plays back.</summary>
internal sealed class UnprovenBoots
{
    // A node has one, and may just have restarted; the others are those of somebody who plays back.
    private const int Capacity = 4;

    private readonly List<Heard> _heard = [];
    private int _turn;

    /// <summary>When the one heard last was heard first, and last; null: there is none.</summary>
    internal (long FirstUs, long LastUs)? Last => _heard.MaxBy(one => one.LastUs) is { } last ? (last.FirstUs, last.LastUs) : null;

    /// <summary>Notes what was heard.</summary>
    /// <returns>False: as much was heard of it before.</returns>
    internal bool Note(PeerMessage message, long nowUs)
    {
        int index = _heard.FindIndex(one => one.Boot == message.Boot);
        if (index >= 0 && message.Sequence <= _heard[index].Sequence)
        {
            return false;
        }

        long firstUs = index >= 0 ? _heard[index].FirstUs : nowUs;
        var next = new Heard(message.Boot, message.Sequence, message.WallClockMs, firstUs, nowUs);
        if (index >= 0)
        {
            _heard[index] = next;
        }
        else if (_heard.Count < Capacity)
        {
            _heard.Add(next);
        }
        else if (_heard.MinBy(one => one.WallClockMs) is { } earliest && earliest.WallClockMs < next.WallClockMs)
        {
            _heard[_heard.IndexOf(earliest)] = next;
        }

        return true;
    }

    internal PeerEcho Next(long nowUs)
    {
        if (_heard.Count == 0)
        {
            return default;
        }

        _turn = (_turn + 1) % _heard.Count;
        Heard one = _heard[_turn];
        return new PeerEcho(one.Boot, one.Sequence, PeerLink.AgeOf(one.LastUs, nowUs));
    }

    internal void Clear() => _heard.Clear();

    private sealed record Heard(UInt128 Boot, ulong Sequence, long WallClockMs, long FirstUs, long LastUs);
}
