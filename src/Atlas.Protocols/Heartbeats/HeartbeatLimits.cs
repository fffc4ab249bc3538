namespace Atlas.Protocols.Heartbeats;

/// <summary>The sizes of heartbeats.</summary>
public static class HeartbeatLimits
{
    /// <summary>The longest name of a node, which is the longest that a configuration takes.</summary>
    public const int NameBytes = 64;

    /// <summary>The longest text of a version.</summary>
    public const int VersionBytes = 64;

    /// <summary>The bytes of a key: as many as HMAC-SHA-256 gives (RFC 2104 3).</summary>
    public const int KeyBytes = 32;

    /// <summary>The longest heartbeat. It goes through every network unfragmented (IPv6's least is 1280, RFC 8200 5).</summary>
    public const int MaxBytes = FixedBytes + NameBytes + NameBytes + VersionBytes + MacBytes;

    // Those before the texts, with the lengths of the texts; see the table of HeartbeatReader.
    internal const int FixedBytes = 88;

    internal const int MacBytes = 32;

    internal const int MinBytes = FixedBytes + 2 + MacBytes;

    internal const byte FormatVersion = 1;

    internal static ReadOnlySpan<byte> Mark => "ATLH"u8;

    internal static bool IsText(ReadOnlySpan<byte> text) => !text.ContainsAnyExceptInRange((byte)'!', (byte)'~');
}
