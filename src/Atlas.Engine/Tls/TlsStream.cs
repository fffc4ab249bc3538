using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Atlas.Engine.Interop;
using Atlas.Engine.Streams;

namespace Atlas.Engine.Tls;

/// <summary>TLS over another stream, which it owns from the end of the handshake on. Beyond what every stream promises:
/// <list type="bullet">
/// <item>An end of the connection without close_notify is <see cref="ByteStream.Truncated"/>, not 0. A peer that breaks the
/// protocol, or ends it with a fatal alert, is -EPROTO, and <see cref="FailureText"/> says more.</item>
/// <item><see cref="ShutdownSend"/> sends close_notify and then FIN.</item>
/// <item>What <see cref="TrySend(ReadOnlySpan{byte})"/> took and the connection did not is sent later without being asked, also
/// after <see cref="ByteStream.Close"/>, for up to <see cref="LingerMs"/>.</item>
/// <item>Renegotiation is refused and ends the connection; so do more than <see cref="MaxMessages"/> messages of TLS itself.</item>
/// </list></summary>
public sealed unsafe partial class TlsStream : ByteStream, IStreamNews
{
    /// <summary>How long a closed stream goes on sending what the peer has not taken yet, in milliseconds.</summary>
    public const int LingerMs = 30_000;

    /// <summary>Messages of TLS itself that may be exchanged after the handshake, in the life of a connection. Each costs this
    /// side some microseconds. Peers change their keys after 2^24 records (RFC 8446 5.5) and send a few tickets, so that no
    /// honest one comes near.</summary>
    public const int MaxMessages = 512;

    // RFC 8446 5.1: the most that one record holds.
    private const int MaxRecord = 16 * 1024;

    private readonly TlsTransport _transport;
    private GCHandle _handle;
    private nint _ssl;
    private int _receiveResult;
    private int _messages;
    private bool _isReceiveOver;
    private bool _isSendEnded;
    private bool _endsAfterFlush;
    private bool _sendAwaitsReceive;
    private bool _joinsNextSend;
    private bool _isLingering;
    private int _lingerIdleMs = int.MaxValue;
    private int _lingerLeft;
    private Action? _gone;

    private TlsStream(ByteStream inner, TlsContext context)
        : base(inner.Loop)
    {
        _transport = new TlsTransport(inner);
        _context = context;
    }

    /// <inheritdoc/>
    public override SocketAddress? LocalAddress => _transport.Inner.LocalAddress;

    /// <inheritdoc/>
    public override int Undelivered => _transport.Undelivered;

    /// <summary>What a peer did that ended the stream with -EPROTO; null for nothing.</summary>
    public string? FailureText { get; private set; }

    internal TlsTransport Transport => _transport;

    /// <summary>OpenSSL's object, for tests that make it do what no honest peer does; 0 once it is freed.</summary>
    internal nint Ssl => _ssl;

    /// <summary>A message of TLS itself is handled, or a warning sent, after the handshake.</summary>
    internal void NoteMessage(bool isRenegotiation)
    {
        _messages++;
        if (isRenegotiation || _messages > MaxMessages)
        {
            FailureText ??= isRenegotiation ? "renegotiation is not allowed" : "too many messages of TLS itself";
            _transport.Stop();
        }
    }

    private bool MayBringMore => LibSsl.SSL_has_pending(_ssl) != 0 || _transport.MayRead;

    /// <inheritdoc/>
    public override int TryReceive(Span<byte> buffer)
    {
        if (IsClosed)
        {
            return -Errno.ECONNRESET;
        }

        int total = 0;
        fixed (byte* bytes = buffer)
        {
            while (total < buffer.Length && !_isReceiveOver)
            {
                _transport.IsReadBlocked = false;
                int count = LibSsl.SSL_read(_ssl, bytes + total, buffer.Length - total);
                if (count > 0)
                {
                    total += count;
                    if (total < buffer.Length && !MayBringMore)
                    {
                        ReceiveDrained(foundNothing: false);
                        return total;
                    }
                }
                else if (_transport.IsReadBlocked)
                {
                    ReceiveDrained(foundNothing: true);
                    FlushJoined();
                    return total > 0 ? total : WouldBlock;
                }
                else
                {
                    EndReceive();
                }
            }
        }

        if (total > 0)
        {
            return total;
        }

        ReceiveEnded();
        return _receiveResult;
    }

    /// <inheritdoc/>
    public override int TrySend(ReadOnlySpan<byte> bytes)
    {
        if (IsClosed || _isSendEnded)
        {
            return -Errno.EPIPE;
        }

        if (bytes.IsEmpty)
        {
            return 0;
        }

        _transport.IsHeld = _joinsNextSend;
        if (!_joinsNextSend && !_transport.TryFlush())
        {
            SendFilled();
            return WouldBlock;
        }

        int total = 0;
        fixed (byte* pointer = bytes)
        {
            do
            {
                _transport.IsReadBlocked = false;
                int count = LibSsl.SSL_write(_ssl, pointer + total, Math.Min(bytes.Length - total, MaxRecord));
                FlushJoined();
                if (count <= 0)
                {
                    return SendRefused(total);
                }

                total += count;
            }
            while (total < bytes.Length && !_transport.HasUnsent && _transport.SendError == 0);
        }

        if (_transport.HasUnsent)
        {
            SendFilled();
        }

        return _transport.SendError != 0 ? SendFailed() : total;
    }

    /// <inheritdoc/>
    [SkipLocalsInit]
    public override int TrySend(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        if (first.IsEmpty || second.IsEmpty || first.Length >= MaxRecord)
        {
            return TrySendInTurn(first, second);
        }

        // A record more costs more than copying what fits into one.
        Span<byte> record = stackalloc byte[MaxRecord];
        int copied = Math.Min(second.Length, MaxRecord - first.Length);
        first.CopyTo(record);
        second[..copied].CopyTo(record[first.Length..]);
        return TrySendInTurn(record[..(first.Length + copied)], second[copied..]);
    }

    /// <summary>As <see cref="ByteStream.Peek"/>. What has come is decrypted, so that a message of TLS itself is not taken for
    /// one of the peer's.</summary>
    public override int Peek()
    {
        if (IsClosed)
        {
            return -Errno.ECONNRESET;
        }

        _transport.LooksAnyway = true;
        bool hasCome = HasComeSomething();
        _transport.LooksAnyway = false;
        if (hasCome && !MayReceive)
        {
            SignalReceive();
        }

        return _isReceiveOver ? _receiveResult : hasCome ? 1 : WouldBlock;
    }

    /// <inheritdoc/>
    public override bool IsLingering => _isLingering;

    /// <inheritdoc/>
    public override void LimitLinger(int idleMs)
    {
        if (_isLingering)
        {
            _lingerIdleMs = idleMs;
            _lingerLeft = _transport.Undelivered;
            _transport.Inner.CancelWaits();
        }
    }

    /// <inheritdoc/>
    public override void WhenGone(Action action)
    {
        if (_isLingering)
        {
            _gone = action;
        }
        else
        {
            action();
        }
    }

    /// <inheritdoc/>
    public override void ShutdownSend()
    {
        if (IsClosed || _isSendEnded)
        {
            return;
        }

        SendCloseNotify();
        if (_transport.TryFlush())
        {
            _transport.Inner.ShutdownSend();
        }
        else
        {
            _endsAfterFlush = true;
        }
    }

    /// <summary>What the handshake left to be sent with the first bytes leaves now.</summary>
    internal void FlushJoined()
    {
        if (_joinsNextSend)
        {
            _joinsNextSend = false;
            _transport.IsHeld = false;
            if (!_transport.TryFlush())
            {
                SendFilled();
            }
        }
    }

    private int TrySendInTurn(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        int sent = first.IsEmpty ? 0 : TrySend(first);
        if (second.IsEmpty || sent < first.Length || _transport.HasUnsent)
        {
            return sent;
        }

        int more = TrySend(second);
        return more > 0 || sent == 0 ? sent + more : sent;
    }

    // Nothing of the bytes was taken: they may be other ones next time.
    private int SendRefused(int total)
    {
        if (_transport.IsReadBlocked)
        {
            // In the midst of a message of TLS itself, which has to come to its end before anything can be sent.
            _sendAwaitsReceive = true;
            SendFilled();
            return total > 0 ? total : WouldBlock;
        }

        TlsErrors.Take();
        return _isReceiveOver && _receiveResult < 0 ? _receiveResult : -Errno.EPROTO;
    }

    private int SendFailed()
    {
        if (_transport.Inner.IsBroken)
        {
            NoteBroken();
        }

        return _transport.SendError;
    }

    private int PeekOne()
    {
        byte one;
        _transport.IsReadBlocked = false;
        return LibSsl.SSL_peek(_ssl, &one, 1);
    }

    /// <summary>Decrypts what has come, and looks whether there is a byte or the end.</summary>
    private bool HasComeSomething()
    {
        if (!_isReceiveOver && PeekOne() <= 0 && !_transport.IsReadBlocked)
        {
            EndReceive();
        }

        return _isReceiveOver || !_transport.IsReadBlocked;
    }
}
