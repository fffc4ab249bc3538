using System.Buffers.Text;

namespace Atlas.Protocols.Resp;

/// <summary>Writes commands into the caller's memory: arrays of bulks. What does not fit is not written, and
/// <see cref="HasOverflowed"/> from then on: nothing of it may be sent.</summary>
/// <param name="destination">Where to.</param>
public ref struct RespWriter(Span<byte> destination)
{
    // The digits of a number of 64 bits with its sign.
    private const int MaxDigits = 20;

    private readonly Span<byte> _destination = destination;

    /// <summary>Bytes written.</summary>
    public int Length { get; private set; }

    /// <summary>Whether something did not fit.</summary>
    public bool HasOverflowed { get; private set; }

    /// <summary>Begins a command.</summary>
    /// <param name="parts">Its name and arguments: how many calls of <see cref="Part(ReadOnlySpan{byte})"/> follow.</param>
    public void Command(int parts) => Head((byte)'*', parts);

    /// <summary>Writes a command's name, or an argument.</summary>
    public void Part(scoped ReadOnlySpan<byte> bytes)
    {
        Head((byte)'$', bytes.Length);
        Raw(bytes);
        Raw("\r\n"u8);
    }

    /// <summary>Writes an argument that is a number.</summary>
    public void Part(long number)
    {
        Span<byte> digits = stackalloc byte[MaxDigits];
        Utf8Formatter.TryFormat(number, digits, out int length);
        Part(digits[..length]);
    }

    /// <summary>Writes what is in the form of the protocol already.</summary>
    public void Raw(scoped ReadOnlySpan<byte> bytes)
    {
        if (HasOverflowed || !bytes.TryCopyTo(_destination[Length..]))
        {
            HasOverflowed = true;
            return;
        }

        Length += bytes.Length;
    }

    private void Head(byte kind, int number)
    {
        Span<byte> head = stackalloc byte[MaxDigits + 3];
        head[0] = kind;
        Utf8Formatter.TryFormat(number, head[1..], out int digits);
        "\r\n"u8.CopyTo(head[(digits + 1)..]);
        Raw(head[..(digits + 3)]);
    }
}
