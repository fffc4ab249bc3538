namespace Atlas.Protocols.Http2;

/// <summary>The windows of what is sent (RFC 9113 6.9).</summary>
public sealed partial class Http2Connection
{
    // What may be sent on the whole connection.
    private int _sendWindow = Http2Limits.FirstWindow;

    // Streams that may send again and were not told so yet, and where to begin telling, so that all come first in turn.
    private int _readyStreams;
    private int _turn;

    /// <summary>Bytes of content that the peer's window for the whole connection allows.</summary>
    public int SendWindow => _sendWindow;

    private void HandleWindowUpdate(int increment)
    {
        if (_floods.WindowUpdate())
        {
            Fail(Http2Flood.WindowUpdates);
        }
        else if (_frame.StreamId == 0)
        {
            OpenConnection(increment);
        }
        else if (_streams.Find(_frame.StreamId) is { } stream)
        {
            Open(stream, increment);
        }
        else if (IsIdle(_frame.StreamId))
        {
            Fail(Http2Error.StreamIdle);
        }
    }

    private void OpenConnection(int increment)
    {
        if (increment == 0 || increment > int.MaxValue - _sendWindow)
        {
            Fail(increment == 0 ? Http2Error.EmptyWindowUpdate : Http2Error.WindowOverflow);
            return;
        }

        bool wasShut = _sendWindow == 0;
        _sendWindow += increment;
        if (wasShut)
        {
            for (int i = 0; i < _streams.Count; i++)
            {
                MarkReady(_streams[i]);
            }

            TellReady();
        }
    }

    private void Open(Http2Stream stream, int increment)
    {
        if (increment == 0 || increment > (long)int.MaxValue - stream.SendWindow)
        {
            FailStream(stream, increment == 0 ? Http2Error.EmptyWindowUpdate : Http2Error.WindowOverflow);
            return;
        }

        stream.SendWindow += increment;
        MarkReady(stream);
        TellReady();
    }

    // A change of SETTINGS_INITIAL_WINDOW_SIZE changes the windows of all streams; they may become negative (RFC 9113 6.9.2).
    private Http2Error ChangeWindows(long change)
    {
        for (int i = 0; change != 0 && i < _streams.Count; i++)
        {
            Http2Stream stream = _streams[i];
            long window = stream.SendWindow + change;
            if (window > int.MaxValue)
            {
                return Http2Error.WindowOverflow;
            }

            stream.SendWindow = (int)window;
            MarkReady(stream);
        }

        return Http2Error.None;
    }

    private void MarkReady(Http2Stream stream)
    {
        if (stream.IsBlocked && !stream.IsReady && stream.SendWindow > 0 && _sendWindow > 0)
        {
            stream.IsReady = true;
            _readyStreams++;
        }
    }

    private void TellReady()
    {
        while (_readyStreams > 0)
        {
            int first = _turn++ & int.MaxValue;
            for (int i = 0; i < _streams.Count && _readyStreams > 0; i++)
            {
                Http2Stream stream = _streams[(first + i) % _streams.Count];
                if (stream.IsReady)
                {
                    stream.IsReady = false;
                    stream.IsBlocked = false;
                    _readyStreams--;
                    _handler.OnSendWindow(stream);
                }
            }
        }
    }
}
