using System.Buffers.Text;

namespace Atlas.Protocols.Resp;

/// <summary>Reads whole replies, which a <see cref="RespScanner"/> found to be some: their values one after the other, an array before
/// what is in it. It copies nothing.</summary>
/// <param name="replies">Whole replies, one behind the other.</param>
public ref struct RespReader(ReadOnlySpan<byte> replies)
{
    private ReadOnlySpan<byte> _rest = replies;

    /// <summary>Reads the next value.</summary>
    /// <returns>False: there is none, or what is there is no whole value.</returns>
    public bool TryRead(out RespValue value)
    {
        value = default;
        int end = _rest.IndexOf((byte)'\n');
        if (end < 2)
        {
            return false;
        }

        byte kind = _rest[0];
        ReadOnlySpan<byte> line = _rest[1..(end - 1)];
        _rest = _rest[(end + 1)..];
        switch (kind)
        {
            case (byte)'+':
                value = new RespValue(RespKind.Text, line, 0);
                return true;
            case (byte)'-':
                value = new RespValue(RespKind.Error, line, 0);
                return true;
            case (byte)':' when TryNumber(line, out long number):
                value = new RespValue(RespKind.Integer, default, number);
                return true;
            case (byte)'*' when TryNumber(line, out long count):
                value = count < 0 ? new RespValue(RespKind.Null, default, 0) : new RespValue(RespKind.Array, default, count);
                return true;
            case (byte)'$' when TryNumber(line, out long length):
                return TryBulk(length, out value);
            default:
                return false;
        }
    }

    /// <summary>Reads the next value, which should be an integer.</summary>
    /// <returns>False: it is none, or there is no more.</returns>
    public bool TryReadInteger(out long number)
    {
        bool isRead = TryRead(out RespValue value);
        number = value.Number;
        return isRead && value.Kind == RespKind.Integer;
    }

    /// <summary>Reads the next value, which should be a bulk.</summary>
    /// <returns>False: it is null or something else, or there is no more.</returns>
    public bool TryReadBulk(out ReadOnlySpan<byte> bytes)
    {
        bool isRead = TryRead(out RespValue value);
        bytes = value.Bytes;
        return isRead && value.Kind == RespKind.Bulk;
    }

    /// <summary>Passes over the next value, with all that is in it.</summary>
    /// <returns>False: there is none.</returns>
    public bool TrySkip()
    {
        for (long left = 1; left > 0; left--)
        {
            if (!TryRead(out RespValue value))
            {
                return false;
            }

            left += value.Kind == RespKind.Array ? value.Number : 0;
        }

        return true;
    }

    private bool TryBulk(long length, out RespValue value)
    {
        value = new RespValue(RespKind.Null, default, 0);
        if (length < 0)
        {
            return true;
        }

        if (length > _rest.Length - 2)
        {
            return false;
        }

        value = new RespValue(RespKind.Bulk, _rest[..(int)length], 0);
        _rest = _rest[((int)length + 2)..];
        return true;
    }

    private static bool TryNumber(ReadOnlySpan<byte> line, out long number) =>
        Utf8Parser.TryParse(line, out number, out int consumed) && consumed == line.Length;
}
