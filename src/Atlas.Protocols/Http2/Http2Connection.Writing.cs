namespace Atlas.Protocols.Http2;

/// <summary>What is sent on streams.</summary>
public sealed partial class Http2Connection
{
    /// <summary>What <see cref="WriteHead"/> and <see cref="WriteTrailers"/> return if there is no room.</summary>
    public const int NoRoom = -1;

    // Below so many bytes of room no frame is begun that could be longer.
    private const int SmallestRoom = 512;

    /// <summary>Room in which the frames of a head or trailers always fit.</summary>
    /// <param name="textLength">The length of the text.</param>
    public static int RoomForHead(int textLength)
    {
        long block = HeadBlockWriter.MaxLength(textLength);
        return (int)Math.Min(int.MaxValue, block + ((1 + (block / Http2Limits.FrameBytes)) * Http2FrameHeader.Size));
    }

    /// <summary>
    /// Writes a head. A server's first may be any number of interim ones. A client's begins the stream. What is of HTTP/1.1's
    /// connections is left out; <c>101 Switching Protocols</c> to an extended CONNECT becomes its 200.
    /// </summary>
    /// <param name="stream">The stream.</param>
    /// <param name="head">The head as one of HTTP/1.1, as <see cref="Http1.HeadWriter"/> makes it.</param>
    /// <param name="endStream">Whether nothing follows.</param>
    /// <param name="destination">Where to.</param>
    /// <returns>
    /// Bytes written; <see cref="NoRoom"/>, and nothing has changed, if the destination is shorter than
    /// <see cref="RoomForHead"/> says, or control output was taken in part; 0 if the stream has ended.
    /// </returns>
    /// <exception cref="ArgumentException">The text is no head, or not one for this.</exception>
    public int WriteHead(Http2Stream stream, ReadOnlySpan<byte> head, bool endStream, Span<byte> destination)
    {
        if (stream.IsClosed || stream.LocalEnded || Error != Http2Error.None)
        {
            return 0;
        }

        if (stream.HeadSent)
        {
            throw new InvalidOperationException("A head after the final one: a stream has one request and one response.");
        }

        if (!HasRoom(head, destination))
        {
            return NoRoom;
        }

        Span<byte> block = destination[Http2FrameHeader.Size..];
        int length;
        bool isInterim = false;
        if (_role == Http2Role.Server)
        {
            length = HeadBlockWriter.WriteResponse(_encoder, head, stream.IsTunnel, block, out isInterim);
        }
        else
        {
            length = HeadBlockWriter.WriteRequest(_encoder, head, _isTls, stream.IsTunnel, block, out bool isHeadRequest);
            stream.IsHeadRequest = isHeadRequest;
            _streams.Number(stream, _nextStream);
            _nextStream += 2;
            _floods.StreamBegan();
        }

        if (isInterim && endStream)
        {
            throw new ArgumentException("An interim response does not end the stream: write the final one.", nameof(endStream));
        }

        stream.HeadSent = !isInterim;
        return WriteBlock(stream, length, endStream, destination);
    }

    /// <summary>Writes trailers, and with them the end.</summary>
    /// <param name="stream">The stream, whose head was written.</param>
    /// <param name="section">The fields as lines of HTTP/1.1, with the final empty one.</param>
    /// <param name="destination">Where to.</param>
    /// <returns>As <see cref="WriteHead"/>.</returns>
    public int WriteTrailers(Http2Stream stream, ReadOnlySpan<byte> section, Span<byte> destination)
    {
        if (stream.IsClosed || stream.LocalEnded || Error != Http2Error.None)
        {
            return 0;
        }

        RequireHead(stream);
        if (!HasRoom(section, destination))
        {
            return NoRoom;
        }

        int length = HeadBlockWriter.WriteTrailers(_encoder, section, destination[Http2FrameHeader.Size..]);
        return WriteBlock(stream, length, endStream: true, destination);
    }

    /// <summary>
    /// Writes content, as much as the windows and the room allow. If a window holds the rest back, the stream is blocked, and
    /// <see cref="IHttp2Handler.OnSendWindow"/> tells when it is not any more.
    /// </summary>
    /// <param name="stream">The stream, whose head was written.</param>
    /// <param name="content">The content; may be empty to end the stream.</param>
    /// <param name="endStream">Whether nothing follows; the end is written with the last byte.</param>
    /// <param name="destination">Where to. With 521 bytes or more something is always written, unless a window is shut.</param>
    /// <param name="consumed">Bytes of the content that were written.</param>
    /// <returns>Bytes written; 0 if nothing could be, or the stream has ended.</returns>
    public int WriteData(
        Http2Stream stream, ReadOnlySpan<byte> content, bool endStream, Span<byte> destination, out int consumed)
    {
        consumed = 0;
        int written = 0;
        while (true)
        {
            ReadOnlySpan<byte> left = content[consumed..];
            int allowed = Sendable(stream, left.Length);
            int room = destination.Length - written - Http2FrameHeader.Size;
            int length = Math.Min(allowed, room);
            bool isLast = endStream && left.Length == length;
            if (length < 0 || (length == 0 && !isLast) || (length < allowed && length < SmallestRoom))
            {
                return written;
            }

            left[..length].CopyTo(destination[(written + Http2FrameHeader.Size)..]);
            WriteDataHeader(stream, length, isLast, destination[written..]);
            written += Http2FrameHeader.Size + length;
            consumed += length;
            if (consumed == content.Length)
            {
                return written;
            }
        }
    }

    /// <summary>
    /// How much content one frame may hold now, for a caller that puts it in its place itself, behind the room for
    /// <see cref="WriteDataHeader"/>. If a window allows none, the stream is blocked.
    /// </summary>
    /// <param name="stream">The stream, whose head was written.</param>
    /// <param name="wanted">Bytes of content that there are.</param>
    /// <returns>0 to <paramref name="wanted"/>; -1 if the stream has ended, or control output was taken in part.</returns>
    public int Sendable(Http2Stream stream, int wanted)
    {
        if (stream.IsClosed || stream.LocalEnded || Error != Http2Error.None || _control.IsSplit)
        {
            return -1;
        }

        RequireHead(stream);
        int window = Math.Max(Math.Min(stream.SendWindow, _sendWindow), 0);
        stream.IsBlocked |= window == 0 && wanted > 0;

        return Math.Min(Math.Min(wanted, window), Math.Min(_peer.FrameBytes, Http2Limits.FrameBytes));
    }

    /// <summary>Writes the header of a DATA frame whose content lies behind it.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="length">Bytes of content, no more than <see cref="Sendable"/> allowed.</param>
    /// <param name="endStream">Whether nothing follows.</param>
    /// <param name="destination">At least <see cref="Http2FrameHeader.Size"/> bytes.</param>
    public void WriteDataHeader(Http2Stream stream, int length, bool endStream, Span<byte> destination)
    {
        bool fits = length == 0 || length <= Math.Min(stream.SendWindow, _sendWindow);
        if (!fits || stream.IsClosed || stream.LocalEnded)
        {
            throw new InvalidOperationException("More content than the windows allow, or a stream that has ended: ask Sendable first.");
        }

        Http2FrameFlags flags = endStream ? Http2FrameFlags.EndStream : Http2FrameFlags.None;
        new Http2FrameHeader(length, Http2FrameType.Data, flags, stream.Id).Write(destination);
        stream.SendWindow -= length;
        _sendWindow -= length;
        bool isCutByWindow = !endStream && (stream.SendWindow <= 0 || _sendWindow == 0);
        bool isFlood = length > 0 && _floods.Sent(length, isCutByWindow);
        if (endStream)
        {
            EndLocal(stream);
        }

        if (isFlood)
        {
            Fail(Http2Flood.SmallWindows);
        }
    }

    private static void RequireHead(Http2Stream stream)
    {
        if (!stream.HeadSent)
        {
            throw new InvalidOperationException("Content or trailers before the head: write the head first.");
        }
    }

    private bool HasRoom(ReadOnlySpan<byte> text, Span<byte> destination) =>
        !_control.IsSplit && destination.Length >= RoomForHead(text.Length);

    // The block lies behind the room for a header. What is longer than a frame is moved apart, the last part first.
    private int WriteBlock(Http2Stream stream, int length, bool endStream, Span<byte> destination)
    {
        int most = Math.Min(_peer.FrameBytes, Http2Limits.FrameBytes);
        int frames = Math.Max(1, (length + most - 1) / most);
        for (int i = frames - 1; i >= 0; i--)
        {
            int start = i * most;
            int count = Math.Min(most, length - start);
            int place = start + (i * Http2FrameHeader.Size);
            destination.Slice(Http2FrameHeader.Size + start, count).CopyTo(destination[(place + Http2FrameHeader.Size)..]);
            Http2FrameFlags flags = i == frames - 1 ? Http2FrameFlags.EndHeaders : Http2FrameFlags.None;
            flags |= i == 0 && endStream ? Http2FrameFlags.EndStream : Http2FrameFlags.None;
            Http2FrameType type = i == 0 ? Http2FrameType.Headers : Http2FrameType.Continuation;
            new Http2FrameHeader(count, type, flags, stream.Id).Write(destination[place..]);
        }

        if (endStream)
        {
            EndLocal(stream);
        }

        return length + (frames * Http2FrameHeader.Size);
    }

    private void EndLocal(Http2Stream stream)
    {
        stream.LocalEnded = true;
        stream.IsBlocked = false;
        EndIfDone(stream.Id);
    }
}
