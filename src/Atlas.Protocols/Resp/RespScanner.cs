using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Atlas.Protocols.Resp;

/// <summary>Finds where replies of RESP2 end, and refuses what is none (redis.io/docs/latest/develop/reference/protocol-spec). It
/// keeps nothing of them, so that whoever wants a reply copies the bytes that were taken, and reads them with a
/// <see cref="RespReader"/> once it is done. The result does not depend on how the bytes were split. O(1) for each byte, and
/// the bytes of lines and bulks are skipped, not looked at one by one.</summary>
[StructLayout(LayoutKind.Auto)]
public struct RespScanner
{
    // More digits than the longest number of 64 bits has.
    private const int MaxDigits = 20;

    private const long Null = -1;

    private readonly RespLimits _limits;
    private Part _part;
    private byte _kind;
    private bool _isNegative;
    private bool _hasSign;
    private int _depth;
    private Counts _counts;

    // Bytes of the line or digits of the number so far; bytes of the bulk that are still to come.
    private long _length;
    private ulong _number;
    private long _replyBytes;

    /// <summary>Makes one that stands before a reply.</summary>
    public RespScanner(RespLimits limits) => _limits = limits;

    private enum Part : byte
    {
        Kind,
        Line,
        Number,
        LineEnd,
        Bulk,
        BulkCr,
        BulkLf,
    }

    /// <summary>Why what came is refused.</summary>
    public RespFault Fault { get; private set; }

    /// <summary>Whether the last byte was the last one of a reply, or none has come.</summary>
    public readonly bool IsBetween => _part == Part.Kind && _depth == 0;

    /// <summary>The first byte of the reply that has begun last, which tells its kind.</summary>
    public byte First { get; private set; }

    /// <summary>Whether the reply that has begun last is an error.</summary>
    public readonly bool IsError => First == (byte)'-';

    /// <summary>Takes bytes to the end of the reply that has begun, or of the next one.</summary>
    /// <param name="bytes">What came after what was taken.</param>
    /// <param name="taken">How many it took: less than there are only if a reply ends there, or if it refuses.</param>
    public RespStatus Read(ReadOnlySpan<byte> bytes, out int taken)
    {
        int at = 0;
        bool hasEnded = false;
        while (at < bytes.Length && !hasEnded && Fault == RespFault.None)
        {
            int before = at;
            hasEnded = _part switch
            {
                Part.Kind => TakeKind(bytes[at++]),
                Part.Line => TakeLine(bytes, ref at),
                Part.Number => TakeDigit(bytes[at++]),
                Part.LineEnd => TakeLineEnd(bytes[at++]),
                Part.Bulk => TakeBulk(bytes, ref at),
                Part.BulkCr => TakeBulkCr(bytes[at++]),
                Part.BulkLf => TakeBulkLf(bytes[at++]),
                _ => throw new InvalidOperationException("unknown part of a reply"),
            };
            _replyBytes += at - before;
            if (_replyBytes > _limits.ReplyBytes)
            {
                Refuse(RespFault.ReplyTooLong);
            }
        }

        taken = at;
        if (Fault != RespFault.None)
        {
            return RespStatus.Refused;
        }

        _replyBytes = hasEnded ? 0 : _replyBytes;
        return hasEnded ? RespStatus.Done : RespStatus.NeedMore;
    }

    private bool TakeKind(byte kind)
    {
        if (_depth == 0)
        {
            First = kind;
        }

        _kind = kind;
        _length = 0;
        _number = 0;
        _isNegative = false;
        _hasSign = false;
        switch (kind)
        {
            case (byte)'+' or (byte)'-':
                _part = Part.Line;
                return false;
            case (byte)':' or (byte)'$' or (byte)'*':
                _part = Part.Number;
                return false;
            default:
                return Refuse(RespFault.UnknownKind);
        }
    }

    private bool TakeLine(ReadOnlySpan<byte> bytes, ref int at)
    {
        ReadOnlySpan<byte> rest = bytes[at..];
        int end = rest.IndexOfAny((byte)'\r', (byte)'\n');
        int length = end < 0 ? rest.Length : end;
        _length += length;
        at += length;
        if (_length > _limits.LineBytes)
        {
            return Refuse(RespFault.LineTooLong);
        }

        if (end >= 0)
        {
            at++;
            if (rest[end] != (byte)'\r')
            {
                return Refuse(RespFault.BadLine);
            }

            _part = Part.LineEnd;
        }

        return false;
    }

    private bool TakeDigit(byte value)
    {
        if (value == (byte)'\r')
        {
            if (_length == 0)
            {
                return Refuse(RespFault.BadNumber);
            }

            _part = Part.LineEnd;
            return false;
        }

        if (_length == 0 && !_hasSign && value is (byte)'-' or (byte)'+')
        {
            _hasSign = true;
            _isNegative = value == (byte)'-';
            return false;
        }

        uint digit = (uint)(value - '0');
        ulong most = _isNegative ? (ulong)long.MaxValue + 1 : long.MaxValue;
        if (digit > 9 || ++_length >= MaxDigits || _number > (most - digit) / 10)
        {
            return Refuse(RespFault.BadNumber);
        }

        _number = (_number * 10) + digit;
        return false;
    }

    private bool TakeLineEnd(byte value)
    {
        if (value != (byte)'\n')
        {
            return Refuse(RespFault.BadLine);
        }

        return _kind switch
        {
            (byte)'$' => BeginBulk(),
            (byte)'*' => BeginArray(),
            _ => EndValue(),
        };
    }

    private bool BeginBulk()
    {
        long length = Number();
        if (length == Null)
        {
            return EndValue();
        }

        if (length < 0)
        {
            return Refuse(RespFault.BadNumber);
        }

        if (length > _limits.BulkBytes)
        {
            return Refuse(RespFault.BulkTooLong);
        }

        _length = length;
        _part = length > 0 ? Part.Bulk : Part.BulkCr;
        return false;
    }

    private bool BeginArray()
    {
        long count = Number();
        if (count is Null or 0)
        {
            return EndValue();
        }

        if (count < 0)
        {
            return Refuse(RespFault.BadNumber);
        }

        if (count > _limits.ArrayCount)
        {
            return Refuse(RespFault.ArrayTooLong);
        }

        if (_depth == RespLimits.MaxDepth)
        {
            return Refuse(RespFault.TooDeep);
        }

        _counts[_depth++] = (int)count;
        _part = Part.Kind;
        return false;
    }

    private bool TakeBulk(ReadOnlySpan<byte> bytes, ref int at)
    {
        int length = (int)Math.Min(_length, bytes.Length - at);
        at += length;
        _length -= length;
        if (_length == 0)
        {
            _part = Part.BulkCr;
        }

        return false;
    }

    private bool TakeBulkCr(byte value)
    {
        _part = Part.BulkLf;
        return value != (byte)'\r' && Refuse(RespFault.BadBulkEnd);
    }

    private bool TakeBulkLf(byte value) => value == (byte)'\n' ? EndValue() : Refuse(RespFault.BadBulkEnd);

    /// <summary>A value ended, and with it the arrays of which it was the last one.</summary>
    /// <returns>Whether it was the reply.</returns>
    private bool EndValue()
    {
        _part = Part.Kind;
        while (_depth > 0 && --_counts[_depth - 1] == 0)
        {
            _depth--;
        }

        return _depth == 0;
    }

    private readonly long Number() => _isNegative ? (long)(0 - _number) : (long)_number;

    private bool Refuse(RespFault fault)
    {
        Fault = fault;
        return false;
    }

    // How many values of each open array are still to come.
    [InlineArray(RespLimits.MaxDepth)]
    private struct Counts
    {
        private int _first;
    }
}
