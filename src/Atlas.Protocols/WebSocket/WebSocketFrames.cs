using System.Runtime.InteropServices;

namespace Atlas.Protocols.WebSocket;

/// <summary>Follows the frames of one direction of a WebSocket connection (RFC 6455 5.2), as far as to know where one ends. It keeps
/// nothing of what they hold, and finds no fault: both ends look at all of it. The result does not depend on how the bytes were split.
/// </summary>
[StructLayout(LayoutKind.Auto)]
public struct WebSocketFrames
{
    private const int Opcode = 0x0F;
    private const int Close = 0x8;
    private const int Masked = 0x80;
    private const int Length = 0x7F;
    private const int TwoBytes = 126;
    private const int EightBytes = 127;
    private const int KeyLength = 4;

    // Bytes of the head that came, of those that it has as far as they tell; after that, bytes of the payload that are still to come.
    private int _headBytes;
    private int _headLength;
    private int _lengthEnd;
    private long _payloadLeft;
    private ulong _length;

    /// <summary>Whether the last byte was the last one of a frame, or none has come. Another frame may be put in here, amid a message
    /// too if it is a control frame (RFC 6455 5.4).</summary>
    public readonly bool IsBetween => _headBytes == 0 && _payloadLeft == 0;

    /// <summary>Whether a Close frame has begun: none may come after it.</summary>
    public bool HasClosed { get; private set; }

    /// <summary>Takes bytes.</summary>
    public void Read(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[ReadToEnd(bytes)..];
        }
    }

    /// <summary>Takes bytes to the end of the frame that has begun, or of the next one.</summary>
    /// <returns>How many it took: less than there are only if a frame ends there.</returns>
    public int ReadToEnd(ReadOnlySpan<byte> bytes)
    {
        int at = 0;
        while (at < bytes.Length)
        {
            if (_payloadLeft > 0)
            {
                int count = (int)Math.Min(_payloadLeft, bytes.Length - at);
                _payloadLeft -= count;
                at += count;
            }
            else
            {
                TakeHead(bytes[at++]);
            }

            if (IsBetween)
            {
                return at;
            }
        }

        return at;
    }

    private void TakeHead(byte value)
    {
        _headBytes++;
        if (_headBytes == 1)
        {
            HasClosed |= (value & Opcode) == Close;
            _headLength = 2;
            _length = 0;
        }
        else if (_headBytes == 2)
        {
            int length = value & Length;
            int more = length switch { TwoBytes => sizeof(ushort), EightBytes => sizeof(ulong), _ => 0 };
            _length = more > 0 ? 0 : (ulong)length;
            _headLength += more + ((value & Masked) != 0 ? KeyLength : 0);
            _lengthEnd = 2 + more;
        }
        else if (_headBytes <= _lengthEnd)
        {
            _length = (_length << 8) | value;
        }

        if (_headBytes == _headLength)
        {
            _headBytes = 0;

            // The highest bit is forbidden. A frame that has it never ends.
            _payloadLeft = _length > long.MaxValue ? long.MaxValue : (long)_length;
        }
    }
}
