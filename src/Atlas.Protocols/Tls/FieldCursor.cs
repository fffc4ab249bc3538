using System.Buffers.Binary;
using Atlas.Protocols.Http;

namespace Atlas.Protocols.Tls;

/// <summary>Reads the numbers and vectors of a TLS message (RFC 8446 3) in order. What does not fit is not read.</summary>
/// <param name="message">The message, up to the end of the part that is read.</param>
/// <param name="position">Where the part begins.</param>
internal ref struct FieldCursor(ReadOnlySpan<byte> message, int position)
{
    private readonly ReadOnlySpan<byte> _message = message;
    private int _position = position;

    internal readonly bool IsAtEnd => _position == _message.Length;

    internal bool TrySkip(int length)
    {
        if (_message.Length - _position < length)
        {
            return false;
        }

        _position += length;
        return true;
    }

    internal bool TryReadByte(out byte value)
    {
        value = IsAtEnd ? (byte)0 : _message[_position];
        return TrySkip(1);
    }

    internal bool TryReadNumber(out ushort value)
    {
        bool isThere = BinaryPrimitives.TryReadUInt16BigEndian(_message[_position..], out value);
        return isThere && TrySkip(sizeof(ushort));
    }

    /// <summary>Reads a vector: its length and so many bytes.</summary>
    /// <param name="lengthBytes">The bytes of its length, 1 or 2.</param>
    /// <param name="content">Its content, as a slice of the message.</param>
    internal bool TryReadVector(int lengthBytes, out Slice content)
    {
        content = default;
        int length;
        if (lengthBytes == 1)
        {
            if (!TryReadByte(out byte value))
            {
                return false;
            }

            length = value;
        }
        else
        {
            if (!TryReadNumber(out ushort value))
            {
                return false;
            }

            length = value;
        }

        content = new Slice(_position, length);
        return TrySkip(length);
    }
}
