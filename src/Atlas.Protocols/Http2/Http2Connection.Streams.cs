using System.Diagnostics.CodeAnalysis;

namespace Atlas.Protocols.Http2;

/// <summary>The streams: how they begin and end.</summary>
public sealed partial class Http2Connection
{
    // The highest stream that the peer began, the next one to begin here, and the last one that the peer may still begin.
    private int _highestPeerStream;
    private int _nextStream = 1;
    private int _lastPeerStream = int.MaxValue;
    private bool _isGoingAway;
    private bool _peerGoesAway;

    /// <summary>Whether this side has told that it takes no further streams.</summary>
    public bool IsGoingAway => _isGoingAway;

    /// <summary>Whether the peer takes no further streams.</summary>
    public bool PeerGoesAway => _peerGoesAway;

    /// <summary>Whether <see cref="GoAway"/> was called and all streams have ended, so that nothing more will come.</summary>
    public bool IsDrained => _lastPeerStream < int.MaxValue && _streams.Count == 0;

    /// <summary>Begins a stream to the server (client only). It is idle, and counts, until its head was written.</summary>
    /// <param name="stream">The stream.</param>
    /// <returns>False while there are as many streams as the server or the limits allow, or one of both goes away.</returns>
    public bool TryOpen([NotNullWhen(true)] out Http2Stream? stream)
    {
        stream = null;
        bool mayOpen = _role == Http2Role.Client
            && Error == Http2Error.None
            && !_peerGoesAway
            && !_isGoingAway
            && _streams.Count < Math.Min(_peer.Streams, (uint)_limits.Streams)
            && _nextStream <= int.MaxValue - (2 * _limits.Streams);
        if (mayOpen)
        {
            stream = _streams.Add(0, _peer.Window, _limits.StreamWindow);
        }

        return mayOpen;
    }

    /// <summary>Ends a stream before its time; does nothing if it has ended. RST_STREAM waits in the control output.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="code">What the peer is told.</param>
    public void Reset(Http2Stream stream, Http2ErrorCode code)
    {
        if (!stream.IsClosed)
        {
            if (stream.Id > 0)
            {
                _control.Reset(stream.Id, code);
            }

            Close(stream, ClosedKind.ResetHere);
            Finish(stream);
        }
    }

    /// <summary>
    /// Announces the end of the connection without refusing anything yet (RFC 9113 6.8): streams that are on their way are
    /// still taken. <see cref="GoAway"/> follows, when a round trip is over.
    /// </summary>
    public void AnnounceGoAway()
    {
        if (!_isGoingAway && Error == Http2Error.None)
        {
            _isGoingAway = true;
            _control.GoAway(int.MaxValue, Http2ErrorCode.NoError, "");
        }
    }

    /// <summary>
    /// Says that streams which begin from now on are not looked at; they are passed over. Those that began go on, and
    /// <see cref="IsDrained"/> tells when they have ended.
    /// </summary>
    /// <param name="code">Why.</param>
    public void GoAway(Http2ErrorCode code = Http2ErrorCode.NoError)
    {
        if (Error == Http2Error.None && _lastPeerStream == int.MaxValue)
        {
            _isGoingAway = true;
            _lastPeerStream = _highestPeerStream;
            _control.GoAway(_lastPeerStream, code, "");
        }
    }

    /// <summary>Asks whether the peer is there; <see cref="IHttp2Handler.OnPong"/> tells the answer.</summary>
    /// <param name="payload">What comes back with it.</param>
    public void Ping(ulong payload)
    {
        if (Error == Http2Error.None)
        {
            Span<byte> bytes = stackalloc byte[8];
            System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(bytes, payload);
            _control.Ping(bytes, isAck: false);
            _pingsSent++;
        }
    }

    /// <summary>Ends the connection, since the peer causes too much work on all of its connections together.</summary>
    public void EndForClientResets() => Fail(Http2Flood.ClientResets);

    /// <summary>Gives back the memory of a header block that came in part: nothing is received any more.</summary>
    public void EndReceiving() => ReleaseBlock();

    /// <summary>Ends everything because the connection broke or is not wanted any more: all streams are told, and nothing is
    /// to be sent.</summary>
    public void Abort()
    {
        if (Error == Http2Error.None)
        {
            Error = Http2Error.ConnectionLost;
            EndAll(Error.Code(), Error);
        }
    }

    /// <summary>Whether a stream has not begun (RFC 9113 5.1.1). Streams that a server begins never do.</summary>
    private bool IsIdle(int id) =>
        (id & 1) == 0 || (_role == Http2Role.Server ? id > _highestPeerStream : id >= _nextStream);

    // A peer broke a rule on a stream.
    private void FailStream(Http2Stream stream, Http2Error error)
    {
        _control.Reset(stream.Id, error.Code());
        Close(stream, ClosedKind.ResetHere);
        End(stream, error.Code(), error);
        CountOwnReset(error.IsOfFrame());
    }

    // The same on a stream that may have ended already, or not have begun: then there is nothing that could be reset.
    private void FailStream(int id, Http2Error error)
    {
        Http2Stream? stream = _streams.Find(id);
        if (stream is not null)
        {
            FailStream(stream, error);
        }
        else if (IsIdle(id))
        {
            Fail(error);
        }
        else
        {
            // What follows a reset of the peer's own may come from another of its threads.
            _control.Reset(id, error.Code());
            CountOwnReset(error.IsOfFrame() && error != Http2Error.StreamEnded);
        }
    }

    // A frame that nobody may send any more came on a stream that has ended. Whether it only came late decides.
    private void FailEnded(int id)
    {
        bool isPassedOver = _role == Http2Role.Server && id > _lastPeerStream;
        ClosedKind kind = isPassedOver ? ClosedKind.ResetHere : _closed.KindOf(id);
        switch (kind)
        {
            case ClosedKind.ResetHere:
                break;
            case ClosedKind.ResetByPeer:
                FailStream(id, Http2Error.StreamEnded);
                break;
            case ClosedKind.Ended:
                Fail(Http2Error.StreamEnded);
                break;
            case ClosedKind.Unknown:
            default:
                Fail(_frame.Type == Http2FrameType.Data ? Http2Error.StreamEnded : Http2Error.InvalidStreamId);
                break;
        }
    }

    private void CountPeerReset()
    {
        if (_floods.PeerReset())
        {
            Fail(Http2Flood.PeerResets);
        }

        _handler.OnUnpaidReset();
    }

    // A server's frames are no attack.
    private void CountOwnReset(bool isFrameError)
    {
        if (_floods.OwnReset(isFrameError && _role == Http2Role.Server))
        {
            Fail(Http2Flood.OwnResets);
        }

        _handler.OnUnpaidReset();
    }

    private void CountIgnored()
    {
        if (_floods.IgnoredFrame())
        {
            Fail(Http2Flood.IgnoredFrames);
        }
    }

    private void EndAll(Http2ErrorCode code, Http2Error error)
    {
        while (_streams.Count > 0)
        {
            Http2Stream stream = _streams[_streams.Count - 1];
            Close(stream, ClosedKind.ResetHere);
            End(stream, code, error);
        }

        ReleaseBlock();
    }

    private void EndIfDone(int id)
    {
        Http2Stream? stream = _streams.Find(id);
        if (stream is { LocalEnded: true, RemoteEnded: true })
        {
            if (stream.IsServed)
            {
                _floods.StreamServed();
            }

            Close(stream, ClosedKind.Ended);
            Finish(stream);
        }
    }

    // What came and was not consumed goes back to the connection's window: nobody will ask for it any more.
    private void Close(Http2Stream stream, ClosedKind kind)
    {
        stream.IsClosed = true;
        _streams.Remove(stream);
        if (stream.Id > 0)
        {
            _closed.Add(stream.Id, kind);
        }

        if (stream.IsReady)
        {
            _readyStreams--;
        }

        Credit(stream.Outstanding);
        stream.Outstanding = 0;
    }

    private void End(Http2Stream stream, Http2ErrorCode code, Http2Error error)
    {
        _handler.OnReset(stream, code, error);
        Finish(stream);
    }

    private void Finish(Http2Stream stream)
    {
        _handler.OnStreamClosed(stream);
        _streams.Recycle(stream);
    }
}
