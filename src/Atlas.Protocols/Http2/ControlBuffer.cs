using System.Buffers.Binary;
using System.Text;

namespace Atlas.Protocols.Http2;

/// <summary>
/// The frames that a connection has to send of its own accord, in their order, until they are taken. It doubles up to its
/// limit; what has no room is not written, and <see cref="HasOverflowed"/> says so. GOAWAY always has room.
/// </summary>
/// <param name="limit">Bytes that may wait.</param>
internal sealed class ControlBuffer(int limit)
{
    // For a GOAWAY with its text, and one more.
    private const int Reserve = 256;
    private const int FirstBytes = 128;
    private const int MaxText = 64;

    private byte[] _bytes = new byte[FirstBytes];
    private int _start;
    private int _end;

    /// <summary>Bytes that wait.</summary>
    public int Count => _end - _start;

    /// <summary>Whether something had no room.</summary>
    public bool HasOverflowed { get; private set; }

    /// <summary>
    /// Whether not all bytes were taken at the last time, so that what was may end within a frame: nothing else may be sent
    /// before the rest.
    /// </summary>
    public bool IsSplit { get; private set; }

    /// <summary>Takes bytes, in the order in which they were written; may end within a frame.</summary>
    /// <returns>Bytes taken.</returns>
    public int Take(Span<byte> destination)
    {
        int length = Math.Min(Count, destination.Length);
        _bytes.AsSpan(_start, length).CopyTo(destination);
        _start += length;
        IsSplit = _start < _end;
        if (!IsSplit)
        {
            _start = 0;
            _end = 0;
        }

        return length;
    }

    /// <summary>Writes bytes as they are.</summary>
    public void Raw(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Room(bytes.Length, 0));

    /// <summary>Writes an acknowledgement of SETTINGS.</summary>
    public void SettingsAck() => Frame(Http2FrameType.Settings, Http2FrameFlags.Ack, 0, 0);

    /// <summary>Writes SETTINGS.</summary>
    /// <param name="settings">Numbers and values, in turn.</param>
    public void Settings(ReadOnlySpan<uint> settings)
    {
        Span<byte> payload = Frame(Http2FrameType.Settings, Http2FrameFlags.None, 0, settings.Length / 2 * 6);
        for (int i = 0; i + 1 < settings.Length && payload.Length >= 6; i += 2)
        {
            BinaryPrimitives.WriteUInt16BigEndian(payload, (ushort)settings[i]);
            BinaryPrimitives.WriteUInt32BigEndian(payload[2..], settings[i + 1]);
            payload = payload[6..];
        }
    }

    /// <summary>Writes PING.</summary>
    public void Ping(ReadOnlySpan<byte> payload, bool isAck) =>
        payload.TryCopyTo(Frame(Http2FrameType.Ping, isAck ? Http2FrameFlags.Ack : Http2FrameFlags.None, 0, 8));

    /// <summary>Writes WINDOW_UPDATE.</summary>
    public void WindowUpdate(int streamId, int increment) => Number(Http2FrameType.WindowUpdate, streamId, (uint)increment);

    /// <summary>Writes RST_STREAM.</summary>
    public void Reset(int streamId, Http2ErrorCode code) => Number(Http2FrameType.ResetStream, streamId, (uint)code);

    /// <summary>Writes GOAWAY.</summary>
    /// <param name="lastStreamId">The last stream that is looked at.</param>
    /// <param name="code">Why.</param>
    /// <param name="text">Why, for people; at the most 64 characters of it, in ASCII.</param>
    public void GoAway(int lastStreamId, Http2ErrorCode code, string text)
    {
        int length = Math.Min(text.Length, MaxText);
        Span<byte> frame = Room(Http2FrameHeader.Size + 8 + length, Reserve);
        if (!frame.IsEmpty)
        {
            new Http2FrameHeader(8 + length, Http2FrameType.GoAway, Http2FrameFlags.None, 0).Write(frame);
            BinaryPrimitives.WriteUInt32BigEndian(frame[9..], (uint)lastStreamId);
            BinaryPrimitives.WriteUInt32BigEndian(frame[13..], (uint)code);
            Encoding.ASCII.GetBytes(text.AsSpan(0, length), frame[17..]);
        }
    }

    private void Number(Http2FrameType type, int streamId, uint number)
    {
        Span<byte> payload = Frame(type, Http2FrameFlags.None, streamId, 4);
        if (!payload.IsEmpty)
        {
            BinaryPrimitives.WriteUInt32BigEndian(payload, number);
        }
    }

    private Span<byte> Frame(Http2FrameType type, Http2FrameFlags flags, int streamId, int length)
    {
        Span<byte> frame = Room(Http2FrameHeader.Size + length, 0);
        if (frame.IsEmpty)
        {
            return default;
        }

        new Http2FrameHeader(length, type, flags, streamId).Write(frame);
        return frame[Http2FrameHeader.Size..];
    }

    private Span<byte> Room(int length, int reserve)
    {
        if (Count + length > limit + reserve)
        {
            HasOverflowed = true;
            return default;
        }

        if (_end + length > _bytes.Length)
        {
            MakeRoom(length);
        }

        Span<byte> room = _bytes.AsSpan(_end, length);
        _end += length;
        return room;
    }

    private void MakeRoom(int length)
    {
        int count = Count;
        byte[] bytes = count + length > _bytes.Length ? new byte[Math.Max(_bytes.Length * 2, count + length)] : _bytes;
        _bytes.AsSpan(_start, count).CopyTo(bytes);
        _bytes = bytes;
        _start = 0;
        _end = count;
    }
}
