using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Atlas.Engine.Tls;

/// <summary>The keys that session tickets are made and read with: one for new tickets, and others that are still accepted. Whoever
/// has a key can read the tickets made with it, and with TLS 1.2 also what was sent on their connections, so that keys change and are
/// forgotten. Immutable.</summary>
public sealed class TlsTicketKeys
{
    /// <summary>How long new tickets are made with one key, in seconds. Eight hours: three keys cover a day.</summary>
    public const int PeriodSeconds = 8 * 3600;

    /// <summary>Older keys that are still accepted: a ticket can be used for this many periods at least.</summary>
    public const int OlderKeys = 2;

    /// <summary>The shortest secret that keys are derived from, in bytes.</summary>
    public const int MinSecretLength = 32;

    private readonly TlsTicketKey[] _keys;

    // The first makes new tickets; the order of the others does not matter.
    private TlsTicketKeys(params TlsTicketKey[] keys) => _keys = keys;

    internal TlsTicketKey Current => _keys[0];

    /// <summary>Keys from the system's source of randomness: tickets are accepted by this process only.</summary>
    public static TlsTicketKeys Random() => new(RandomKey());

    /// <summary>Keys of a period that all who share a secret agree on. A pure function: HKDF-SHA256 (RFC 5869) over the secret and the
    /// number of the period. The key of the next period is accepted too, for nodes whose clocks are ahead.</summary>
    /// <param name="secret">At least <see cref="MinSecretLength"/> bytes that cannot be guessed.</param>
    /// <param name="period">Which period: <see cref="PeriodOf"/>.</param>
    /// <exception cref="ArgumentException">The secret is too short.</exception>
    public static TlsTicketKeys Derive(ReadOnlySpan<byte> secret, long period)
    {
        if (secret.Length < MinSecretLength)
        {
            throw new ArgumentException($"a secret for tickets has at least {MinSecretLength} bytes", nameof(secret));
        }

        var keys = new TlsTicketKey[OlderKeys + 2];
        for (int i = 0; i <= OlderKeys; i++)
        {
            keys[i] = DeriveKey(secret, period - i);
        }

        keys[^1] = DeriveKey(secret, period + 1);
        return new TlsTicketKeys(keys);
    }

    /// <summary>The number of the period that a time lies in.</summary>
    /// <param name="unixSeconds">Seconds since 1970.</param>
    public static long PeriodOf(long unixSeconds) => Math.DivRem(unixSeconds, PeriodSeconds).Quotient;

    /// <summary>New random keys that still accept the tickets of the last <see cref="OlderKeys"/>.</summary>
    public TlsTicketKeys Rotate() => new([RandomKey(), .. _keys.Take(OlderKeys)]);

    /// <summary>Whether tickets that are made with others now are accepted by these.</summary>
    public bool Accepts(TlsTicketKeys others) => Find(others.Current.Name) is not null;

    /// <summary>The key of a name; null for none that is accepted.</summary>
    internal TlsTicketKey? Find(ReadOnlySpan<byte> name)
    {
        foreach (TlsTicketKey key in _keys)
        {
            if (key.Name.SequenceEqual(name))
            {
                return key;
            }
        }

        return null;
    }

    private static TlsTicketKey RandomKey()
    {
        Span<byte> bytes = stackalloc byte[TlsTicketKey.Length];
        RandomNumberGenerator.Fill(bytes);
        var key = new TlsTicketKey(bytes);
        CryptographicOperations.ZeroMemory(bytes);
        return key;
    }

    private static TlsTicketKey DeriveKey(ReadOnlySpan<byte> secret, long period)
    {
        ReadOnlySpan<byte> label = "atlas tls ticket key "u8;
        Span<byte> context = stackalloc byte[label.Length + sizeof(long)];
        label.CopyTo(context);
        BinaryPrimitives.WriteInt64BigEndian(context[label.Length..], period);
        Span<byte> bytes = stackalloc byte[TlsTicketKey.Length];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, bytes, salt: [], context);
        var key = new TlsTicketKey(bytes);
        CryptographicOperations.ZeroMemory(bytes);
        return key;
    }
}
