namespace Atlas.Protocols.Http2;

/// <summary>The streams of a connection that have not ended. The numbers lie side by side, so that one is found at a glance.</summary>
internal sealed class StreamTable
{
    private const int FirstStreams = 4;

    private int[] _ids = new int[FirstStreams];
    private Http2Stream[] _streams = new Http2Stream[FirstStreams];

    /// <summary>Streams that ended, to be used again; as many as there were at a time.</summary>
    private Http2Stream? _free;

    // Where a stream was found last.
    private int _found;

    public int Count { get; private set; }

    public Http2Stream this[int index] => _streams[index];

    /// <summary>The stream with this number, or null. O(streams), four numbers a step; O(1) for the one that was found last, since a
    /// frame is asked for several times.</summary>
    /// <param name="id">Above 0.</param>
    public Http2Stream? Find(int id)
    {
        if (_found < Count && _ids[_found] == id)
        {
            return _streams[_found];
        }

        int index = _ids.AsSpan(0, Count).IndexOf(id);
        if (index < 0)
        {
            return null;
        }

        _found = index;
        return _streams[index];
    }

    /// <summary>Adds a stream; the caller bounds their number.</summary>
    public Http2Stream Add(int id, int sendWindow, int receiveWindow)
    {
        if (Count == _ids.Length)
        {
            Array.Resize(ref _ids, Count * 2);
            Array.Resize(ref _streams, Count * 2);
        }

        Http2Stream stream = _free ?? new Http2Stream();
        _free = stream.NextFree;
        stream.NextFree = null;
        stream.Begin(id, sendWindow, receiveWindow);
        stream.Index = Count;
        _ids[Count] = id;
        _streams[Count] = stream;
        Count++;
        return stream;
    }

    /// <summary>Gives a stream its number.</summary>
    public void Number(Http2Stream stream, int id)
    {
        stream.Id = id;
        _ids[stream.Index] = id;
    }

    /// <summary>Takes a stream out. It may still be looked at until <see cref="Recycle"/>.</summary>
    public void Remove(Http2Stream stream)
    {
        Count--;
        Http2Stream last = _streams[Count];
        _streams[stream.Index] = last;
        _ids[stream.Index] = _ids[Count];
        last.Index = stream.Index;
        _streams[Count] = null!;
    }

    /// <summary>Gives a stream that was taken out to be used again.</summary>
    public void Recycle(Http2Stream stream)
    {
        stream.Owner = null;
        stream.NextFree = _free;
        _free = stream;
    }
}
