using System.Buffers.Binary;
using Atlas.Protocols.Hpack;

namespace Atlas.Protocols.Http2;

/// <summary>Heads and trailers that come: HEADERS and CONTINUATION.</summary>
public sealed partial class Http2Connection
{
    private const int PriorityBytes = 5;

    // The stream of the header block at hand, 0 if there is none, and the flags of its HEADERS.
    private int _blockStream;
    private Http2FrameFlags _blockFlags;
    private int _continuations;
    private bool _dependsOnItself;

    // Where a block that did not come in one piece is put together; empty otherwise.
    private byte[] _block = [];
    private int _blockLength;

    private void BeginHeaders()
    {
        int id = _frame.StreamId;
        if (id == 0)
        {
            Fail(Http2Error.StreamRequired);
        }
        else if ((id & 1) == 0)
        {
            Fail(Http2Error.InvalidStreamId);
        }
        else if (_role == Http2Role.Client && IsIdle(id))
        {
            Fail(Http2Error.StreamIdle);
        }
        else
        {
            _blockStream = id;
            _blockFlags = _frame.Flags;
            _blockLength = 0;
            _continuations = 0;
            _dependsOnItself = false;
            BeginPart();
        }
    }

    private void BeginContinuation()
    {
        if (_blockStream == 0)
        {
            Fail(Http2Error.UnexpectedContinuation);
        }
        else if (++_continuations > _limits.ContinuationFrames)
        {
            Fail(Http2Flood.Continuations);
        }
        else
        {
            BeginPart();
        }
    }

    private void BeginPart()
    {
        _payload = PayloadKind.Block;
        if (_left == 0 && !_frame.Has(Http2FrameFlags.EndHeaders) && _floods.EmptyFrame())
        {
            Fail(Http2Flood.EmptyFrames);
        }
        else if (_blockLength + _left > _limits.BlockBytes)
        {
            Fail(Http2Flood.BlockBytes);
        }
    }

    private int TakeBlock(ReadOnlySpan<byte> bytes)
    {
        bool isFirst = _frame.Type == Http2FrameType.Headers;
        int length = Math.Min(_left, bytes.Length);
        if (isFirst && length == _frame.Length && _frame.Has(Http2FrameFlags.EndHeaders))
        {
            Advance(length);
            if (TryStrip(bytes[..length], out int start, out int count))
            {
                CompleteBlock(bytes.Slice(start, count));
            }

            return length;
        }

        Collect(bytes[..length]);
        _left -= length;
        if (_left > 0 || Error != Http2Error.None)
        {
            return length;
        }

        _payload = PayloadKind.None;
        if (isFirst)
        {
            if (!TryStrip(_block.AsSpan(0, _blockLength), out int start, out int count))
            {
                return length;
            }

            _block.AsSpan(start, count).CopyTo(_block);
            _blockLength = count;
        }

        if (_frame.Has(Http2FrameFlags.EndHeaders))
        {
            CompleteBlock(_block.AsSpan(0, _blockLength));
            ReleaseBlock();
        }

        return length;
    }

    private void Collect(ReadOnlySpan<byte> part)
    {
        int needed = _blockLength + part.Length;
        if (needed > _block.Length)
        {
            if (_memory.TryRentBlock(needed) is not { } larger)
            {
                Fail(Http2Flood.BlockMemory);
                return;
            }

            _block.AsSpan(0, _blockLength).CopyTo(larger);
            ReleaseBlock();
            _block = larger;
        }

        part.CopyTo(_block.AsSpan(_blockLength));
        _blockLength = needed;
    }

    private void ReleaseBlock()
    {
        if (_block.Length > 0)
        {
            _memory.Return(_block);
            _block = [];
        }
    }

    // Finds the part of the block in the payload of HEADERS: behind the length of the padding and RFC 7540's priority.
    private bool TryStrip(ReadOnlySpan<byte> payload, out int start, out int count)
    {
        start = 0;
        count = 0;
        bool isPadded = (_blockFlags & Http2FrameFlags.Padded) != 0;
        bool hasPriority = (_blockFlags & Http2FrameFlags.Priority) != 0;
        int before = (isPadded ? 1 : 0) + (hasPriority ? PriorityBytes : 0);
        if (payload.Length < before)
        {
            Fail(Http2Error.InvalidFrameSize);
            return false;
        }

        int padding = isPadded ? payload[0] : 0;
        if (padding > payload.Length - before)
        {
            Fail(Http2Error.InvalidPadding);
            return false;
        }

        if (hasPriority)
        {
            _dependsOnItself = Dependency(payload[(isPadded ? 1 : 0)..]) == _blockStream;
        }

        start = before;
        count = payload.Length - before - padding;
        return true;
    }

    private static int Dependency(ReadOnlySpan<byte> priority) => (int)(BinaryPrimitives.ReadUInt32BigEndian(priority) & int.MaxValue);

    private void CompleteBlock(ReadOnlySpan<byte> block)
    {
        int id = _blockStream;
        _blockStream = 0;
        HeadSpace space = _memory.RentSpace();
        HeaderBlockError = _decoder.Decode(block, space.Fields);
        if (HeaderBlockError == HpackError.Bomb)
        {
            Fail(Http2Flood.BlockBytes);
        }
        else if (HeaderBlockError != HpackError.None)
        {
            Fail(Http2Error.InvalidHeaderBlock);
        }
        else
        {
            HandleBlock(id, space);
        }

        _memory.Return(space);
    }

    private void HandleBlock(int id, HeadSpace space)
    {
        bool endStream = (_blockFlags & Http2FrameFlags.EndStream) != 0;
        Http2Stream? stream = _streams.Find(id);
        if (stream is null)
        {
            if (_role == Http2Role.Server && id > _highestPeerStream)
            {
                BeginRequest(id, space, endStream);
            }
            else
            {
                FailEnded(id);
            }

            return;
        }

        Http2Error error = _dependsOnItself ? Http2Error.SelfDependency
            : stream.RemoteEnded ? Http2Error.StreamEnded
            : stream.HeadReceived ? TakeTrailers(stream, space, endStream)
            : TakeResponse(stream, space, endStream);
        if (error != Http2Error.None)
        {
            FailStream(stream, error);
        }
    }

    private void BeginRequest(int id, HeadSpace space, bool endStream)
    {
        _highestPeerStream = id;
        if (id > _lastPeerStream)
        {
            CountIgnored();
            return;
        }

        _floods.StreamBegan();
        RequestHeadReader head = default;
        Http2Error error = _streams.Count >= _limits.Streams ? Http2Error.TooManyStreams
            : _dependsOnItself ? Http2Error.SelfDependency
            : space.Fields.IsTooLarge ? Http2Error.None
            : RequestHeadReader.Check(space.Fields, endStream, out head);
        if (error != Http2Error.None)
        {
            _control.Reset(id, error.Code());
            _closed.Add(id, ClosedKind.ResetHere);
            _handler.OnRefused(id, error);
            CountOwnReset(error.IsOfFrame());
            return;
        }

        Http2Stream stream = _streams.Add(id, _peer.Window, _limits.StreamWindow);
        stream.HeadReceived = true;
        stream.RemoteEnded = endStream;
        if (space.Fields.IsTooLarge)
        {
            _handler.OnHeadTooLarge(stream, endStream);
            return;
        }

        stream.ContentLeft = head.ContentLength;
        stream.IsTunnel = head.IsExtendedConnect;
        if (head.Priority >= 0)
        {
            PriorityField.Read(space.Fields.Value(head.Priority), stream);
        }

        Span<byte> text = space.Text();
        int length = head.Write(text, WebSocketKey.Span);
        _handler.OnRequest(stream, text[..length], endStream);
    }

    private Http2Error TakeResponse(Http2Stream stream, HeadSpace space, bool endStream)
    {
        if (space.Fields.IsTooLarge)
        {
            stream.HeadReceived = true;
            stream.RemoteEnded = endStream;
            int number = stream.Id;
            _handler.OnHeadTooLarge(stream, endStream);
            EndIfDone(number);
            return Http2Error.None;
        }

        Http2Error error = ResponseHeadReader.Check(space.Fields, out ResponseHeadReader head);
        if (error != Http2Error.None)
        {
            return error;
        }

        if (head.IsInterim)
        {
            if (endStream)
            {
                return Http2Error.InterimResponseAtEnd;
            }
        }
        else
        {
            stream.IsTunnel &= head.Status < 300;
            stream.ContentLeft = stream.IsTunnel ? -1 : head.MayHaveContent(stream.IsHeadRequest) ? head.ContentLength : 0;
            if (endStream && stream.ContentLeft > 0)
            {
                return Http2Error.ContentLengthMismatch;
            }

            stream.HeadReceived = true;
            stream.RemoteEnded = endStream;
        }

        Span<byte> text = space.Text();
        int length = head.Write(text, stream.IsHeadRequest, endStream, stream.IsTunnel);
        int id = stream.Id;
        _handler.OnResponse(stream, text[..length], endStream);
        EndIfDone(id);
        return Http2Error.None;
    }

    private Http2Error TakeTrailers(Http2Stream stream, HeadSpace space, bool endStream)
    {
        if (stream.IsTunnel)
        {
            return Http2Error.HeadersInTunnel;
        }

        if (!endStream)
        {
            return Http2Error.TrailersNotAtEnd;
        }

        if (space.Fields.IsTooLarge)
        {
            return Http2Error.TrailersTooLarge;
        }

        Http2Error error = TrailerReader.Check(space.Fields);
        if (error == Http2Error.None && stream.ContentLeft > 0)
        {
            error = Http2Error.ContentLengthMismatch;
        }

        if (error != Http2Error.None)
        {
            return error;
        }

        stream.RemoteEnded = true;
        Span<byte> text = space.Text();
        int length = TrailerReader.Write(space.Fields, text);
        int id = stream.Id;
        _handler.OnTrailers(stream, text[..length]);
        EndIfDone(id);
        return Http2Error.None;
    }
}
