using System.Runtime.InteropServices;
using Atlas.Engine.Interop;
using Atlas.Engine.Streams;

namespace Atlas.Engine.Tls;

/// <summary>The encrypted side of a TLS connection: what OpenSSL reads and writes, over the stream below. Reading costs no
/// system call while nothing may have come. Writing always takes all: what the stream below does not take is kept here and
/// leaves before anything else, so that a record once made is never asked for again, and a connection that can no longer send
/// can still receive.</summary>
internal sealed unsafe class TlsTransport(ByteStream inner) : IDisposable
{
    /// <summary>Bytes that are kept for a peer that does not take them: more than a flight of the largest chain of certificates
    /// that is allowed, or one record and the answers to what the peer goes on asking. Past it OpenSSL is told to wait.</summary>
    internal const int MaxUnsent = 160 * 1024;

    private byte* _early;
    private int _earlyOffset;
    private int _earlyLength;
    private byte* _unsent;
    private int _unsentOffset;
    private int _unsentLength;
    private int _unsentCapacity;

    /// <summary>The stream below.</summary>
    internal ByteStream Inner => inner;

    /// <summary>Whether writes wait for <see cref="TryFlush"/>, so that many small ones leave with one call.</summary>
    internal bool IsHeld { get; set; }

    /// <summary>Whether the next read asks the stream below although it had no news.</summary>
    internal bool LooksAnyway { get; set; }

    /// <summary>Whether the last read found nothing. To be cleared before a call that may read.</summary>
    internal bool IsReadBlocked { get; set; }

    /// <summary>Whether the end of the stream below was met.</summary>
    internal bool HasEnded { get; private set; }

    /// <summary>The negative error number that receiving met; 0 for none.</summary>
    internal int ReceiveError { get; private set; }

    /// <summary>The negative error number that sending met; 0 for none. What is written after it is lost.</summary>
    internal int SendError { get; private set; }

    /// <summary>Encrypted bytes that came.</summary>
    internal long ReceivedBytes { get; private set; }

    /// <summary>Encrypted bytes that OpenSSL made.</summary>
    internal long WrittenBytes { get; private set; }

    /// <summary>The first four bytes that came, the first lowest: what tells another protocol from TLS.</summary>
    internal uint FirstBytes { get; private set; }

    /// <summary>Whether bytes wait that were written and not sent.</summary>
    internal bool HasUnsent => _unsentLength > 0;

    /// <summary>Bytes that were written and are not known to be on the peer's machine.</summary>
    internal int Undelivered => _unsentLength + inner.Undelivered;

    /// <summary>Whether reading may bring something, or the end, without news from the stream below.</summary>
    internal bool MayRead => _earlyLength > 0 || inner.MayReceive || HasEnded || ReceiveError != 0;

    /// <summary>Takes over what was received before TLS began.</summary>
    internal void TakeEarly(ReadOnlySpan<byte> bytes)
    {
        if (!bytes.IsEmpty)
        {
            _early = (byte*)NativeMemory.Alloc((nuint)bytes.Length);
            _earlyLength = bytes.Length;
            bytes.CopyTo(new Span<byte>(_early, bytes.Length));
        }
    }

    /// <summary>Reads for OpenSSL.</summary>
    /// <returns>The number of bytes; 0 or less for none, and <see cref="IsReadBlocked"/> says whether to wait.</returns>
    internal int Read(Span<byte> buffer)
    {
        int count = _earlyLength > 0 && ReceiveError == 0 ? ReadEarly(buffer) : ReadInner(buffer);
        if (count > 0)
        {
            NoteFirst(buffer[..count]);
            ReceivedBytes += count;
        }

        return count;
    }

    /// <summary>Writes for OpenSSL.</summary>
    /// <returns>False when too much is unsent: nothing was taken.</returns>
    internal bool TryWrite(ReadOnlySpan<byte> bytes)
    {
        if (SendError != 0)
        {
            return true;
        }

        int sent = _unsentLength > 0 || IsHeld ? 0 : Send(bytes);
        bool taken = sent == bytes.Length || SendError != 0 || TryKeep(bytes[sent..]);
        WrittenBytes += taken ? bytes.Length : 0;
        return taken;
    }

    /// <summary>Sends what is unsent, as far as the stream below takes it.</summary>
    /// <returns>True when nothing is left, also because sending failed.</returns>
    internal bool TryFlush()
    {
        if (_unsentLength == 0)
        {
            return true;
        }

        int sent = Send(new ReadOnlySpan<byte>(_unsent + _unsentOffset, _unsentLength));
        _unsentOffset += sent;
        _unsentLength -= sent;
        if (SendError != 0)
        {
            _unsentLength = 0;
        }

        if (_unsentLength > 0)
        {
            return false;
        }

        ReleaseUnsent();
        return true;
    }

    /// <summary>Lets no more be read: the peer broke the rules.</summary>
    internal void Stop() => ReceiveError = -Errno.EPROTO;

    /// <summary>Frees its memory; what is unsent is lost.</summary>
    public void Dispose()
    {
        ReleaseEarly();
        _unsentLength = 0;
        ReleaseUnsent();
    }

    private int ReadEarly(Span<byte> buffer)
    {
        int count = Math.Min(buffer.Length, _earlyLength);
        new ReadOnlySpan<byte>(_early + _earlyOffset, count).CopyTo(buffer);
        _earlyOffset += count;
        _earlyLength -= count;
        if (_earlyLength == 0)
        {
            ReleaseEarly();
        }

        return count;
    }

    private int ReadInner(Span<byte> buffer)
    {
        if (HasEnded || ReceiveError != 0)
        {
            return 0;
        }

        int received = inner.MayReceive || LooksAnyway ? inner.TryReceive(buffer) : ByteStream.WouldBlock;
        LooksAnyway = false;
        if (received == ByteStream.WouldBlock)
        {
            IsReadBlocked = true;
        }
        else if (received == 0)
        {
            HasEnded = true;
        }
        else if (received < 0)
        {
            ReceiveError = received;
        }

        return received;
    }

    private void NoteFirst(ReadOnlySpan<byte> bytes)
    {
        for (int i = 0; i < bytes.Length && ReceivedBytes + i < 4; i++)
        {
            FirstBytes |= (uint)bytes[i] << (int)(8 * (ReceivedBytes + i));
        }
    }

    private int Send(ReadOnlySpan<byte> bytes)
    {
        int sent = inner.Direction(isSend: true).IsReady ? inner.TrySend(bytes) : ByteStream.WouldBlock;
        if (sent < 0 && sent != ByteStream.WouldBlock)
        {
            SendError = sent;
        }

        return Math.Max(sent, 0);
    }

    private bool TryKeep(ReadOnlySpan<byte> bytes)
    {
        if (_unsentLength + bytes.Length > MaxUnsent)
        {
            return false;
        }

        if (_unsentOffset + _unsentLength + bytes.Length > _unsentCapacity)
        {
            Grow(_unsentLength + bytes.Length);
        }

        bytes.CopyTo(new Span<byte>(_unsent + _unsentOffset + _unsentLength, bytes.Length));
        _unsentLength += bytes.Length;
        return true;
    }

    private void Grow(int length)
    {
        int capacity = Math.Max(length, 2 * _unsentCapacity);
        byte* memory = (byte*)NativeMemory.Alloc((nuint)capacity);
        new ReadOnlySpan<byte>(_unsent + _unsentOffset, _unsentLength).CopyTo(new Span<byte>(memory, capacity));
        NativeMemory.Free(_unsent);
        _unsent = memory;
        _unsentOffset = 0;
        _unsentCapacity = capacity;
    }

    private void ReleaseEarly()
    {
        NativeMemory.Free(_early);
        _early = null;
        _earlyLength = 0;
    }

    private void ReleaseUnsent()
    {
        NativeMemory.Free(_unsent);
        _unsent = null;
        _unsentOffset = 0;
        _unsentCapacity = 0;
    }
}
