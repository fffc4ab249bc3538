namespace Atlas.Protocols.Http2;

/// <summary>Content that comes, and the windows for it (RFC 9113 5.2 and 6.9).</summary>
public sealed partial class Http2Connection
{
    // What the peer may send on the whole connection, and what of it was consumed and not yet given back.
    private int _receiveWindow;
    private int _consumed;

    // Of the DATA frame at hand: whether the length of its padding is to come, and how much padding.
    private bool _awaitsPadding;
    private int _padding;

    /// <summary>
    /// Gives content that was taken back to the windows, so that the peer may send as much anew. What a stream did not have
    /// consumed when it ends is given back to the connection then.
    /// </summary>
    /// <param name="stream">The stream; nothing happens if it has ended.</param>
    /// <param name="bytes">Bytes of content that <see cref="IHttp2Handler.OnData"/> told.</param>
    public void Consumed(Http2Stream stream, int bytes)
    {
        if (stream.IsClosed || bytes <= 0)
        {
            return;
        }

        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, stream.Outstanding);
        stream.Outstanding -= bytes;
        Credit(bytes);
        stream.Consumed += bytes;
        if (!stream.RemoteEnded && stream.Consumed >= _limits.StreamWindow / 2)
        {
            _control.WindowUpdate(stream.Id, stream.Consumed);
            stream.ReceiveWindow += stream.Consumed;
            stream.Consumed = 0;
        }
    }

    private void Credit(int bytes)
    {
        _consumed += bytes;
        if (_consumed >= _limits.ConnectionWindow / 2 && Error == Http2Error.None)
        {
            _control.WindowUpdate(0, _consumed);
            _receiveWindow += _consumed;
            _consumed = 0;
        }
    }

    private void BeginContent()
    {
        int id = _frame.StreamId;
        _payload = PayloadKind.Skipped;
        if (id == 0)
        {
            Fail(Http2Error.StreamRequired);
            return;
        }

        Http2Stream? stream = _streams.Find(id);
        if (stream is null && IsIdle(id))
        {
            Fail(Http2Error.StreamIdle);
            return;
        }

        _awaitsPadding = _frame.Has(Http2FrameFlags.Padded);
        _padding = 0;
        if (_left > _receiveWindow)
        {
            Fail(Http2Error.WindowExceeded);
            return;
        }

        if (_awaitsPadding && _left == 0)
        {
            Fail(Http2Error.InvalidFrameSize);
            return;
        }

        // What nobody takes counts too, and is given back at once.
        _receiveWindow -= _left;
        if (stream is null)
        {
            Credit(_left);
            FailEnded(id);
            if (_role == Http2Role.Server && _left < SmallFrame)
            {
                CountIgnored();
            }

            return;
        }

        Http2Error error = stream.RemoteEnded ? Http2Error.StreamEnded
            : !stream.HeadReceived ? Http2Error.ContentBeforeHead
            : _left > stream.ReceiveWindow ? Http2Error.WindowExceeded
            : Http2Error.None;
        if (error != Http2Error.None)
        {
            Credit(_left);
            FailStream(stream, error);
            return;
        }

        stream.ReceiveWindow -= _left;
        stream.Outstanding += _left;
        _payload = PayloadKind.Content;
        if (!_awaitsPadding)
        {
            MeasureContent(stream);
        }
    }

    private int TakeContent(ReadOnlySpan<byte> bytes)
    {
        int used = 0;
        if (_awaitsPadding)
        {
            if (bytes.IsEmpty)
            {
                return 0;
            }

            used = 1;
            TakePadding(bytes[0]);
            if (Error != Http2Error.None || _payload != PayloadKind.Content)
            {
                return used;
            }
        }

        int content = Math.Min(_left - _padding, bytes.Length - used);
        if (content > 0)
        {
            _left -= content;
            Tell(bytes.Slice(used, content));
            used += content;
        }

        if (_left == _padding)
        {
            int skipped = Math.Min(_left, bytes.Length - used);
            _padding -= skipped;
            used += skipped;
            Advance(skipped);
        }

        return used;
    }

    private void TakePadding(int padding)
    {
        _awaitsPadding = false;
        Advance(1);
        if (padding > _left)
        {
            Fail(Http2Error.InvalidPadding);
            return;
        }

        _padding = padding;
        Http2Stream? stream = _streams.Find(_frame.StreamId);
        if (stream is null)
        {
            // It ended since the frame began, and what is left of the frame was given back with it.
            _payload = _left == 0 ? PayloadKind.None : PayloadKind.Skipped;
            return;
        }

        Consumed(stream, padding + 1);
        MeasureContent(stream);
    }

    // How much content the frame has is known: whether it fits what Content-Length said, and whether it is anything at all.
    private void MeasureContent(Http2Stream stream)
    {
        int content = _left - _padding;
        bool endStream = _frame.Has(Http2FrameFlags.EndStream);
        if (stream.ContentLeft >= 0)
        {
            stream.ContentLeft -= content;
            if (stream.ContentLeft < 0 || (endStream && stream.ContentLeft > 0))
            {
                bool mayHaveAny = _role == Http2Role.Server || stream.ContentLeft + content > 0;
                FailStream(stream, mayHaveAny ? Http2Error.ContentLengthMismatch : Http2Error.ContentNotAllowed);
                SkipRest();
                return;
            }
        }

        if (content > 0)
        {
            return;
        }

        if (endStream)
        {
            Tell(default);
        }
        else if (_floods.EmptyFrame())
        {
            Fail(Http2Flood.EmptyFrames);
        }
    }

    private void SkipRest() => _payload = _left == 0 ? PayloadKind.None : PayloadKind.Skipped;

    // Tells content that came, unless the stream ended meanwhile. The end is told with the last of it, before the padding.
    private void Tell(ReadOnlySpan<byte> content)
    {
        int id = _frame.StreamId;
        Http2Stream? stream = _streams.Find(id);
        if (stream is null)
        {
            return;
        }

        bool endStream = _left == _padding && _frame.Has(Http2FrameFlags.EndStream);
        stream.RemoteEnded = endStream;
        _handler.OnData(stream, content, endStream);
        if (endStream)
        {
            EndIfDone(id);
        }
    }
}
