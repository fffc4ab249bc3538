using System.Security.Cryptography;

namespace Atlas.Core.HighAvailability;

/// <summary>The secret that nodes share, and the keys that come of it: one for each use, by HKDF-SHA-256 (RFC 5869) with the use as its info, so
/// that none tells anything of another or of the secret. Pure: nodes with one secret have the same keys. Immutable.</summary>
public sealed class ClusterSecret
{
    /// <summary>The shortest secret, in bytes. With fewer it could be found by trying, from a single heartbeat that was recorded.</summary>
    public const int MinBytes = 16;

    /// <summary>The bytes of each key.</summary>
    public const int KeyBytes = 32;

    // What HKDF extracts of the secret. The secret itself is not kept.
    private readonly byte[] _extract = new byte[KeyBytes];

    /// <summary>Takes a secret.</summary>
    /// <param name="secret">At least <see cref="MinBytes"/> bytes that nobody can guess.</param>
    /// <exception cref="ArgumentException">It is too short; <see cref="ProblemOf"/> says so beforehand.</exception>
    public ClusterSecret(ReadOnlySpan<byte> secret)
    {
        if (ProblemOf(secret) is string problem)
        {
            throw new ArgumentException(problem, nameof(secret));
        }

        HKDF.Extract(HashAlgorithmName.SHA256, secret, salt: [], _extract);
    }

    /// <summary>What heartbeats are signed with.</summary>
    public byte[] HeartbeatKey => Derive("atlas heartbeats 1"u8);

    /// <summary>What the keys of TLS tickets come of.</summary>
    public byte[] TicketSecret => Derive("atlas tls tickets 1"u8);

    /// <summary>What the ids of servers in cookies are made with, where a pool has no secret of its own.</summary>
    public byte[] StickySecret => Derive("atlas sticky cookies 1"u8);

    /// <summary>What is wrong with a secret, in words that say what to do; null: nothing.</summary>
    public static string? ProblemOf(ReadOnlySpan<byte> secret) =>
        secret.Length < MinBytes ? $"the secret has {secret.Length} bytes, and needs {MinBytes} that nobody can guess: make one with 'openssl rand -hex 32'"
        : secret.IndexOfAnyExcept(secret[0]) < 0 ? "the secret is one character over and over: make one with 'openssl rand -hex 32'"
        : null;

    private byte[] Derive(ReadOnlySpan<byte> use)
    {
        byte[] key = new byte[KeyBytes];
        HKDF.Expand(HashAlgorithmName.SHA256, _extract, key, use);
        return key;
    }
}
