using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Atlas.Protocols.Http;

namespace Atlas.Protocols.Tls;

/// <summary>
/// Reads the ClientHello at the start of a TLS connection (RFC 8446 4.1.2, RFC 5246 7.4.1.2) without taking part in the
/// handshake: what is read can be passed on unchanged. It can be fed in pieces, and the hello may come in any number of
/// records: the reader keeps its place and looks at each byte of a record once, and at the complete message once more. The
/// result does not depend on how the bytes were split. Nothing is allocated.
/// </summary>
/// <remarks>
/// A message in one record stays where it is. Of one in several records, the records' content is put together in the scratch,
/// which is touched for nothing else.
/// </remarks>
[StructLayout(LayoutKind.Auto)]
public struct ClientHelloReader
{
    /// <summary>Bytes from the connection's first one on that a hello may take, records' headers included. What browsers
    /// send is below 2 KiB; post-quantum key shares are what makes them long.</summary>
    public const int MaxBytes = 16 * 1024;

    private const int RecordHeaderLength = 5;
    private const int MaxRecordLength = 1 << 14;
    private const int MessageHeaderLength = 4;
    private const byte HandshakeRecord = 22;
    private const byte ClientHelloMessage = 1;

    private ClientHelloStatus _status;

    // Where the next byte is that was not taken, what is left of the record it is in, and what was taken of the message.
    private int _position;
    private int _recordLeft;
    private int _collected;
    private bool _isInScratch;

    /// <summary>What is wrong; none unless <see cref="Read"/> said malformed.</summary>
    public ClientHelloError Error { readonly get; private set; }

    /// <summary>Reads as far as the bytes go. Once it said anything but need more, it says so again, until
    /// <see cref="Reset"/>; only the call that came to done fills in the hello.</summary>
    /// <param name="received">Everything received from the connection's first byte on. Between calls the bytes may move to
    /// another place but not change.</param>
    /// <param name="scratch">Room for a message in several records, the same content for all calls for one hello. With
    /// <see cref="MaxBytes"/> it is always enough; without any, such a message is too large.</param>
    /// <param name="hello">What it says, once the status is done.</param>
    public ClientHelloStatus Read(ReadOnlySpan<byte> received, Span<byte> scratch, out ClientHello hello)
    {
        hello = default;
        while (_status == ClientHelloStatus.NeedMore)
        {
            if (_recordLeft == 0 && !BeginRecord(received, scratch))
            {
                break;
            }

            Take(received, scratch);
            ReadOnlySpan<byte> message = _isInScratch ? scratch[.._collected] : received.Slice(RecordHeaderLength, _collected);
            int length = CheckMessageHeader(message);
            if (_status == ClientHelloStatus.NeedMore && length == _collected)
            {
                Complete(message, out hello);
            }
            else if (_recordLeft > 0)
            {
                break;
            }
        }

        return _status;
    }

    /// <summary>Makes it ready for another connection.</summary>
    public void Reset() => this = default;

    /// <summary>Reads the header of a record, as far as it is there.</summary>
    /// <returns>Whether it is complete and good.</returns>
    private bool BeginRecord(ReadOnlySpan<byte> received, Span<byte> scratch)
    {
        if (_position + RecordHeaderLength > MaxBytes)
        {
            return End(ClientHelloStatus.TooLarge);
        }

        ReadOnlySpan<byte> header = received[_position..];
        bool isFirst = _position == 0;
        if ((header.Length > 0 && header[0] != HandshakeRecord) || (header.Length > 1 && header[1] != 3))
        {
            return isFirst ? End(ClientHelloStatus.NotTls) : Fail(ClientHelloError.UnexpectedRecord);
        }

        if (header.Length < RecordHeaderLength)
        {
            return false;
        }

        int length = BinaryPrimitives.ReadUInt16BigEndian(header[3..]);
        if (length is 0 or > MaxRecordLength)
        {
            return Fail(length == 0 ? ClientHelloError.EmptyRecord : ClientHelloError.RecordTooLong);
        }

        _position += RecordHeaderLength;
        if (_position + length > MaxBytes || (!isFirst && _collected + length > scratch.Length))
        {
            return End(ClientHelloStatus.TooLarge);
        }

        if (!isFirst && !_isInScratch)
        {
            _isInScratch = true;
            received.Slice(RecordHeaderLength, _collected).CopyTo(scratch);
        }

        _recordLeft = length;
        return true;
    }

    private void Take(ReadOnlySpan<byte> received, Span<byte> scratch)
    {
        int length = Math.Min(_recordLeft, received.Length - _position);
        if (_isInScratch)
        {
            received.Slice(_position, length).CopyTo(scratch[_collected..]);
        }

        _collected += length;
        _position += length;
        _recordLeft -= length;
    }

    /// <summary>Checks the header of the message, as far as it is there.</summary>
    /// <returns>The length of the message with its header; one that is never reached while it is not known.</returns>
    private int CheckMessageHeader(ReadOnlySpan<byte> message)
    {
        if (message.Length > 0 && message[0] != ClientHelloMessage)
        {
            Fail(ClientHelloError.NotClientHello);
        }

        if (message.Length < MessageHeaderLength || _status != ClientHelloStatus.NeedMore)
        {
            return int.MaxValue;
        }

        int length = MessageHeaderLength + ((message[1] << 16) | BinaryPrimitives.ReadUInt16BigEndian(message[2..]));
        if (length + RecordHeaderLength > MaxBytes)
        {
            End(ClientHelloStatus.TooLarge);
        }
        else if (_collected + _recordLeft > length)
        {
            Fail(ClientHelloError.BytesAfterHello);
        }

        return length;
    }

    private void Complete(ReadOnlySpan<byte> message, out ClientHello hello)
    {
        ClientHelloError error = ClientHelloFields.Read(message, MessageHeaderLength, out hello);
        if (error != ClientHelloError.None)
        {
            hello = default;
            Fail(error);
            return;
        }

        hello = hello with { IsInScratch = _isInScratch, Message = new Slice(_isInScratch ? 0 : RecordHeaderLength, _collected) };
        End(ClientHelloStatus.Done);
    }

    private bool End(ClientHelloStatus status)
    {
        _status = status;
        return false;
    }

    private bool Fail(ClientHelloError error)
    {
        Error = error;
        return End(ClientHelloStatus.Malformed);
    }
}
