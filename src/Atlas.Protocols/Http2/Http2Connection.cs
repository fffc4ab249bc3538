using System.Runtime.CompilerServices;
using Atlas.Protocols.Hpack;

namespace Atlas.Protocols.Http2;

/// <summary>
/// One side of an HTTP/2 connection (RFC 9113) without I/O: bytes that came go in, what they mean is told to a handler; what
/// is to be sent is written into memory of the caller. It belongs to one thread, and allocates nothing per stream once as
/// many streams were open at a time as ever will be.
/// </summary>
/// <remarks>
/// <para>
/// What to send comes from two sources. What the connection has to say of its own accord waits in a bounded buffer:
/// <see cref="HasControl"/>, <see cref="TakeControl"/>. It goes first, and at the beginning of the connection before anything
/// is received. Frames of streams are written by <see cref="WriteHead"/>, <see cref="WriteData"/>,
/// <see cref="WriteTrailers"/> straight into the caller's buffer, and have to be sent in the order in which they were
/// written.
/// </para>
/// <para>
/// A peer that breaks the rules of the connection ends it: <see cref="Error"/> is set, all streams are told, and what is left
/// is to send the GOAWAY that waits and to close. A peer that breaks those of a stream has the stream reset.
/// </para>
/// </remarks>
public sealed partial class Http2Connection
{
    private readonly Http2Role _role;
    private readonly IHttp2Handler _handler;
    private readonly Http2Memory _memory;
    private readonly Http2Limits _limits;
    private readonly bool _isTls;
    private readonly ControlBuffer _control;
    private readonly StreamTable _streams = new();
    private readonly ClosedStreams _closed;
    private readonly PeerSettings _peer = new();
    private readonly HpackDecoder _decoder = new();
    private readonly HpackEncoder _encoder;
    private FloodGuard _floods;

    // The frame at hand: what is left of its payload, and how that is read.
    private Http2FrameHeader _frame;
    private PayloadKind _payload;
    private int _left;

    private int _prefaceLeft;
    private bool _hasSettings;
    private bool _isReceiving;

    /// <summary>Begins a connection: its SETTINGS wait to be taken.</summary>
    /// <param name="role">Which side it is.</param>
    /// <param name="handler">Who is told.</param>
    /// <param name="memory">Limits, and the memory that the connections of a thread share.</param>
    /// <param name="isTls">What a client says as <c>:scheme</c>.</param>
    public Http2Connection(Http2Role role, IHttp2Handler handler, Http2Memory memory, bool isTls = true)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(memory.Limits.StreamWindow, Http2Limits.FirstWindow, nameof(memory));
        ArgumentOutOfRangeException.ThrowIfLessThan(memory.Limits.ConnectionWindow, Http2Limits.FirstWindow, nameof(memory));
        _role = role;
        _handler = handler;
        _memory = memory;
        _limits = memory.Limits;
        _isTls = isTls;
        _control = new ControlBuffer(_limits.ControlBytes);
        _closed = new ClosedStreams(_limits.RememberedStreams);
        _encoder = new HpackEncoder(isShared: role == Http2Role.Client);
        _floods = new FloodGuard(_limits);
        _receiveWindow = _limits.ConnectionWindow;
        if (role == Http2Role.Server)
        {
            _prefaceLeft = Preface.Length;
        }
        else
        {
            _control.Raw(Preface);
        }

        _control.Settings(PeerSettings.Own(role, _limits, stackalloc uint[8]));
        if (_limits.ConnectionWindow > Http2Limits.FirstWindow)
        {
            _control.WindowUpdate(0, _limits.ConnectionWindow - Http2Limits.FirstWindow);
        }
    }

    /// <summary>How the payload of a frame is read.</summary>
    private enum PayloadKind : byte
    {
        /// <summary>No frame is at hand.</summary>
        None,

        /// <summary>All at once; it is short.</summary>
        Whole,

        /// <summary>Content, in pieces as it comes.</summary>
        Content,

        /// <summary>A part of a header block, in one piece or collected.</summary>
        Block,

        /// <summary>It is passed over.</summary>
        Skipped,
    }

    /// <summary>What a client begins with (RFC 9113 3.4).</summary>
    public static ReadOnlySpan<byte> Preface => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8;

    /// <summary>Why the connection has ended; none while it goes on.</summary>
    public Http2Error Error { get; private set; }

    /// <summary>What the peer was told about it.</summary>
    public Http2ErrorCode ErrorCode => Error.Code();

    /// <summary>By what the peer caused too much work, if that is the error.</summary>
    public Http2Flood Flood { get; private set; }

    /// <summary>What is wrong with a header block, if that is the error.</summary>
    public HpackError HeaderBlockError { get; private set; }

    /// <summary>Streams that have not ended.</summary>
    public int StreamCount => _streams.Count;

    /// <summary>Whether the peer's SETTINGS came.</summary>
    public bool HasPeerSettings => _hasSettings;

    /// <summary>
    /// Whether the peer has begun a head or trailers and not ended them: nothing else can come until it has, so that its time
    /// is to be bounded.
    /// </summary>
    public bool IsWithinHead => _blockStream > 0;

    /// <summary>Whether the peer has not acknowledged the settings (RFC 9113 6.5.3).</summary>
    public bool AwaitsSettingsAck => _settingsSent > 0;

    /// <summary>Whether the peer takes extended CONNECT (RFC 8441 3).</summary>
    public bool PeerTakesConnect => _peer.TakesConnect;

    /// <summary>Whether the connection has something to send of its own accord.</summary>
    public bool HasControl => _control.Count > 0;

    /// <summary>
    /// What extended CONNECT gets as Sec-WebSocket-Key, which a server of HTTP/1.1 wants: 24 characters of Base64. Empty, and
    /// it gets none.
    /// </summary>
    public ReadOnlyMemory<byte> WebSocketKey { get; set; }

    /// <summary>
    /// Takes bytes that came, and tells what they mean. Content is told as it comes. What is left is the beginning of a frame,
    /// below 400 bytes, and must be given again with what follows it.
    /// </summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="nowMs">The time, of a clock that does not go back.</param>
    /// <returns>Bytes taken; all of them when the connection has ended.</returns>
    public int Receive(ReadOnlySpan<byte> bytes, long nowMs)
    {
        if (_isReceiving)
        {
            throw new InvalidOperationException("The handler must not receive: do so when the call that told it has returned.");
        }

        _isReceiving = true;
        _floods.NowMs = nowMs;
        int used = 0;
        while (Error == Http2Error.None)
        {
            ReadOnlySpan<byte> rest = bytes[used..];
            int step = _payload != PayloadKind.None ? TakePayload(rest)
                : _prefaceLeft > 0 ? TakePreface(rest)
                : TakeHeader(rest);
            if (_control.HasOverflowed)
            {
                Fail(Http2Flood.ControlOverflow);
            }

            if (step == 0)
            {
                break;
            }

            used += step;
        }

        _isReceiving = false;
        return Error == Http2Error.None ? used : bytes.Length;
    }

    /// <summary>
    /// Takes what the connection has to send of its own accord. Unless all of it was taken, it may end within a frame, and no
    /// frame of a stream is written before the rest was.
    /// </summary>
    /// <param name="destination">Where to.</param>
    /// <returns>Bytes written.</returns>
    public int TakeControl(Span<byte> destination) => _control.Take(destination);

    private int TakePreface(ReadOnlySpan<byte> bytes)
    {
        int length = Math.Min(_prefaceLeft, bytes.Length);
        if (!bytes[..length].SequenceEqual(Preface.Slice(Preface.Length - _prefaceLeft, length)))
        {
            Fail(Http2Error.InvalidPreface);
        }

        _prefaceLeft -= length;
        return length;
    }

    private int TakeHeader(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < Http2FrameHeader.Size)
        {
            return 0;
        }

        _frame = Http2FrameHeader.Read(bytes);
        _left = _frame.Length;
        BeginFrame();
        if (_left == 0 && Error == Http2Error.None)
        {
            TakePayload(default);
        }

        return Http2FrameHeader.Size;
    }

    private int TakePayload(ReadOnlySpan<byte> bytes)
    {
        switch (_payload)
        {
            case PayloadKind.Whole:
                return TakeWhole(bytes);
            case PayloadKind.Content:
                return TakeContent(bytes);
            case PayloadKind.Block:
                return TakeBlock(bytes);
            case PayloadKind.Skipped:
                int length = Math.Min(_left, bytes.Length);
                Advance(length);
                return length;
            case PayloadKind.None:
            default:
                return 0;
        }
    }

    private int TakeWhole(ReadOnlySpan<byte> bytes)
    {
        int length = _left;
        if (bytes.Length < length)
        {
            return 0;
        }

        Advance(length);
        HandleWhole(bytes[..length]);
        return length;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Advance(int length)
    {
        _left -= length;
        if (_left == 0)
        {
            _payload = PayloadKind.None;
        }
    }

    private void BeginFrame()
    {
        if (!_hasSettings && (_frame.Type != Http2FrameType.Settings || _frame.Has(Http2FrameFlags.Ack)))
        {
            Fail(Http2Error.SettingsExpected);
        }
        else if (_left > Http2Limits.FrameBytes)
        {
            Fail(Http2Error.FrameTooLarge);
        }
        else if (_blockStream > 0 && (_frame.Type != Http2FrameType.Continuation || _frame.StreamId != _blockStream))
        {
            Fail(Http2Error.ContinuationExpected);
        }
        else
        {
            switch (_frame.Type)
            {
                case Http2FrameType.Data:
                    BeginContent();
                    break;
                case Http2FrameType.Headers:
                    BeginHeaders();
                    break;
                case Http2FrameType.Continuation:
                    BeginContinuation();
                    break;
                default:
                    BeginOther();
                    break;
            }
        }
    }

    // The connection has ended by what the peer did.
    private void Fail(Http2Flood flood)
    {
        if (Error == Http2Error.None)
        {
            Flood = flood;
            Fail(Http2Error.Flood, flood.Text());
        }
    }

    private void Fail(Http2Error error) => Fail(error, error.Text());

    private void Fail(Http2Error error, string text)
    {
        if (Error == Http2Error.None)
        {
            Error = error;
            _control.GoAway(Math.Min(_highestPeerStream, _lastPeerStream), error.Code(), text);
            EndAll(error.Code(), error);
        }
    }
}
