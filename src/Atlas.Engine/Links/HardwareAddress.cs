using System.Globalization;

namespace Atlas.Engine.Links;

/// <summary>The address of an Ethernet link (MAC, EUI-48) as a value. The default is none: a link of another kind of
/// hardware.</summary>
public readonly struct HardwareAddress : IEquatable<HardwareAddress>
{
    /// <summary>Bytes of an address.</summary>
    public const int Length = 6;

    private const int MarkShift = 48;

    // The address as a number, and above it a one: 00:00:00:00:00:00, which a loopback has, is an address.
    private readonly ulong _value;

    private HardwareAddress(ulong value) => _value = value;

    /// <summary>Whether there is none.</summary>
    public bool IsNone => _value == 0;

    /// <summary>An address of six bytes; of another length there is none.</summary>
    public static HardwareAddress Of(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Length)
        {
            return default;
        }

        ulong value = 1;
        foreach (byte part in bytes)
        {
            value = (value << 8) | part;
        }

        return new HardwareAddress(value);
    }

    /// <summary>Writes the bytes in network order; six zeros for none.</summary>
    /// <param name="destination">Holds <see cref="Length"/>.</param>
    public void WriteTo(Span<byte> destination)
    {
        for (int i = 0; i < Length; i++)
        {
            destination[i] = (byte)(_value >> (MarkShift - 8 - (i * 8)));
        }
    }

    /// <inheritdoc/>
    public bool Equals(HardwareAddress other) => _value == other._value;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is HardwareAddress other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => _value.GetHashCode();

    /// <summary>Whether two are the same.</summary>
    public static bool operator ==(HardwareAddress left, HardwareAddress right) => left.Equals(right);

    /// <summary>Whether two differ.</summary>
    public static bool operator !=(HardwareAddress left, HardwareAddress right) => !left.Equals(right);

    /// <summary>The address as text: <c>02:00:5e:00:53:01</c>; empty for none. Allocates.</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Length];
        WriteTo(bytes);
        return IsNone
            ? ""
            : string.Create(CultureInfo.InvariantCulture, $"{bytes[0]:x2}:{bytes[1]:x2}:{bytes[2]:x2}:{bytes[3]:x2}:{bytes[4]:x2}:{bytes[5]:x2}");
    }
}
