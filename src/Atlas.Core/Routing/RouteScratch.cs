using System.Numerics;
using System.Text.Unicode;

namespace Atlas.Core.Routing;

/// <summary>
/// Memory that looking for a route needs, so that the table itself is immutable. Each worker has one and reuses it; it grows
/// to the longest text seen, at most <see cref="MaxRegexBytes"/> characters and the longest query. Not for two threads at once.
/// </summary>
public sealed class RouteScratch
{
    /// <summary>
    /// The longest text in bytes that regular expressions are tried on; a longer one matches none. It is the default limit of a
    /// request line, so that no path is too long for it. At a few ns a byte it bounds what one expression costs to some 0.1 ms.
    /// </summary>
    public const int MaxRegexBytes = 16384;

    private char[] _characters = new char[256];
    private byte[] _bytes = new byte[256];

    // The literals found, and for each mark the last search that met it.
    private int[] _hits = new int[64];
    private int[] _marks = [];
    private int _search;

    /// <summary>How many routes were compared in full since the scratch was made: what the index is there to keep small.</summary>
    internal long Compared { get; set; }

    /// <summary>
    /// The text of UTF-8, for regular expressions; bytes that are none become U+FFFD. Lent until the next call.
    /// </summary>
    /// <param name="utf8">At most <see cref="MaxRegexBytes"/>.</param>
    internal ReadOnlySpan<char> Widen(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > _characters.Length)
        {
            _characters = new char[Grown(utf8.Length)];
        }

        // Never more characters than bytes, so that there is always room.
        Utf8.ToUtf16(utf8, _characters, out _, out int length);
        return _characters.AsSpan(0, length);
    }

    /// <summary>Room for so many bytes. Lent until the next call.</summary>
    internal Span<byte> Bytes(int length)
    {
        if (length > _bytes.Length)
        {
            _bytes = new byte[Grown(length)];
        }

        return _bytes.AsSpan(0, length);
    }

    /// <summary>The condition that was just not decided, as the request has more of that kind than is looked at; else
    /// <see cref="RouteCondition.None"/>.</summary>
    internal RouteCondition CutOff { get; set; }

    /// <summary>After <see cref="RouteTable.Undecided"/>: the condition that was not decided.</summary>
    public RouteCondition UndecidedBy { get; private set; }

    /// <summary>The first route that might take the request but for such a condition; <see cref="int.MaxValue"/>: there is
    /// none.</summary>
    internal int UndecidedRoute { get; private set; } = int.MaxValue;

    /// <summary>Begins with a request.</summary>
    internal void Begin()
    {
        CutOff = RouteCondition.None;
        UndecidedBy = RouteCondition.None;
        UndecidedRoute = int.MaxValue;
    }

    /// <summary>Takes that a route, or none from it on, was found not to match; maybe only as a condition was not
    /// decided.</summary>
    internal void NotFound(int route)
    {
        if (CutOff != RouteCondition.None && route < UndecidedRoute)
        {
            UndecidedRoute = route;
            UndecidedBy = CutOff;
        }

        CutOff = RouteCondition.None;
    }

    /// <summary>How many hits there are, those of searches that are not at their end included.</summary>
    internal int HitCount { get; private set; }

    /// <summary>A hit by its place.</summary>
    internal int Hit(int place) => _hits[place];

    /// <summary>Begins a search with so many marks.</summary>
    /// <returns>The place of its first hit.</returns>
    internal int BeginHits(int marks)
    {
        if (marks > _marks.Length)
        {
            _marks = new int[marks];
            _search = 0;
        }

        _search++;
        if (_search == int.MaxValue)
        {
            _marks.AsSpan().Clear();
            _search = 1;
        }

        return HitCount;
    }

    /// <summary>Adds a hit, unless the search met the mark before.</summary>
    internal void AddHit(int hit, int mark)
    {
        if (_marks[mark] == _search)
        {
            return;
        }

        _marks[mark] = _search;
        if (HitCount == _hits.Length)
        {
            Array.Resize(ref _hits, 2 * _hits.Length);
        }

        _hits[HitCount++] = hit;
    }

    /// <summary>Sorts the hits from a place on.</summary>
    internal void SortHits(int start) => _hits.AsSpan(start, HitCount - start).Sort();

    /// <summary>Forgets the hits from a place on.</summary>
    internal void EndHits(int start) => HitCount = start;

    private static int Grown(int length) => (int)BitOperations.RoundUpToPowerOf2((uint)length);
}
