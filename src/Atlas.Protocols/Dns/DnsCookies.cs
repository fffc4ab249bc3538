using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Atlas.Protocols.Dns;

/// <summary>The cookies that a server gives its clients: who sends one back has received it at its address, so that the address
/// is no invention (RFC 7873). Made as all servers make them (RFC 9018 4). Immutable; any thread.</summary>
public sealed class DnsCookies
{
    /// <summary>Bytes of a client's cookie (RFC 7873 4).</summary>
    public const int ClientBytes = 8;

    /// <summary>Bytes of a client's cookie and that of a server like this one after it.</summary>
    public const int Bytes = ClientBytes + ServerBytes;

    /// <summary>Bytes of the option that holds both.</summary>
    public const int OptionBytes = 4 + Bytes;

    /// <summary>Bytes of the secret.</summary>
    public const int SecretBytes = 16;

    // How old and how far ahead of the clock a cookie may be (RFC 9018 4.3).
    private const int MaxAgeSeconds = 3_600;
    private const int MaxAheadSeconds = 300;

    // Version, reserved, time, hash.
    private const int ServerBytes = 16;
    private const int StampBytes = 8;
    private const int MaxAddressBytes = 16;

    private readonly byte[] _secret;

    /// <summary>Cookies by a secret.</summary>
    /// <param name="secret">16 random bytes.</param>
    /// <exception cref="ArgumentException">It has another length.</exception>
    public DnsCookies(ReadOnlySpan<byte> secret)
    {
        if (secret.Length != SecretBytes)
        {
            throw new ArgumentException($"a secret has {SecretBytes} bytes", nameof(secret));
        }

        _secret = secret.ToArray();
    }

    /// <summary>Whether an option has a length that cookies have (RFC 7873 5.2.2): the client's, or a server's of 8 to 32 bytes
    /// after it.</summary>
    public static bool IsWellFormed(ReadOnlySpan<byte> cookie) =>
        cookie.Length == ClientBytes || cookie.Length is >= ClientBytes + 8 and <= ClientBytes + 32;

    /// <summary>Writes the option of an answer.</summary>
    /// <param name="cookie">The question's, well-formed.</param>
    /// <param name="address">The client's address, 4 or 16 bytes.</param>
    /// <param name="nowSeconds">The time, in seconds since 1970.</param>
    /// <param name="option">Takes <see cref="OptionBytes"/>.</param>
    public void WriteOption(ReadOnlySpan<byte> cookie, ReadOnlySpan<byte> address, uint nowSeconds, Span<byte> option)
    {
        BinaryPrimitives.WriteUInt16BigEndian(option, (ushort)DnsOption.Cookie);
        BinaryPrimitives.WriteUInt16BigEndian(option[2..], Bytes);
        Span<byte> value = option.Slice(4, Bytes);
        cookie[..ClientBytes].CopyTo(value);
        Span<byte> stamp = value.Slice(ClientBytes, StampBytes);
        BinaryPrimitives.WriteUInt32BigEndian(stamp, 0x0100_0000);
        BinaryPrimitives.WriteUInt32BigEndian(stamp[4..], nowSeconds);
        BinaryPrimitives.WriteUInt64LittleEndian(value[(ClientBytes + StampBytes)..], HashOf(value[..(ClientBytes + StampBytes)], address));
    }

    /// <summary>Whether a client has the cookie that it was given, not long ago.</summary>
    /// <param name="cookie">The question's; empty: it has none.</param>
    /// <param name="address">The client's address, 4 or 16 bytes.</param>
    /// <param name="nowSeconds">The time, in seconds since 1970.</param>
    public bool IsKnown(ReadOnlySpan<byte> cookie, ReadOnlySpan<byte> address, uint nowSeconds)
    {
        if (cookie.Length != Bytes || cookie[ClientBytes] != 1)
        {
            return false;
        }

        // Differences of times that wrap around (RFC 9018 4.3).
        int age = unchecked((int)(nowSeconds - BinaryPrimitives.ReadUInt32BigEndian(cookie[(ClientBytes + 4)..])));
        Span<byte> hash = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(hash, HashOf(cookie[..(ClientBytes + StampBytes)], address));
        return age is <= MaxAgeSeconds and >= -MaxAheadSeconds
            && CryptographicOperations.FixedTimeEquals(hash, cookie[(ClientBytes + StampBytes)..]);
    }

    private ulong HashOf(ReadOnlySpan<byte> head, ReadOnlySpan<byte> address)
    {
        Span<byte> hashed = stackalloc byte[ClientBytes + StampBytes + MaxAddressBytes];
        head.CopyTo(hashed);
        address.CopyTo(hashed[head.Length..]);
        return SipHash.Hash(_secret, hashed[..(head.Length + address.Length)]);
    }
}
