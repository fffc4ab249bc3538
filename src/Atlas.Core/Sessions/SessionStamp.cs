using System.Buffers.Binary;

namespace Atlas.Core.Sessions;

/// <summary>
/// What a store keeps of a session besides its contents.
/// <code>
///   0   1 byte    format, 1
///   1   8 bytes   version, big endian
///   9   8 bytes   created, seconds since 1970, big endian
///   17            the contents, as the application wrote them
/// </code>
/// </summary>
/// <param name="Version">Random, another one after each write, and never 0: what is compared where two writers must not overwrite
/// each other.</param>
/// <param name="CreatedSeconds">When it began, in seconds since 1970.</param>
public readonly record struct SessionStamp(ulong Version, long CreatedSeconds)
{
    /// <summary>Bytes before the contents.</summary>
    public const int Length = 17;

    /// <summary>Where the version stands.</summary>
    public const int VersionAt = 1;

    private const int CreatedAt = 9;
    private const byte Format = 1;
    private const byte MovedFormat = 2;

    /// <summary>What stands in the place of a session that has another id now: nothing, so that it leads nowhere.</summary>
    public static ReadOnlySpan<byte> Moved => [MovedFormat];

    /// <summary>Reads what a store has.</summary>
    /// <param name="stored">The stored bytes; the contents follow at <see cref="Length"/>.</param>
    /// <param name="stamp">What stands before them.</param>
    /// <returns>False: it is no session, or one of a later version of Atlas.</returns>
    public static bool TryRead(ReadOnlySpan<byte> stored, out SessionStamp stamp)
    {
        if (stored.Length < Length || stored[0] != Format)
        {
            stamp = default;
            return false;
        }

        stamp = new SessionStamp(
            BinaryPrimitives.ReadUInt64BigEndian(stored[VersionAt..]), BinaryPrimitives.ReadInt64BigEndian(stored[CreatedAt..]));
        return true;
    }

    /// <summary>Writes what stands before the contents.</summary>
    /// <param name="destination">At least <see cref="Length"/> bytes.</param>
    public void Write(Span<byte> destination)
    {
        destination[0] = Format;
        BinaryPrimitives.WriteUInt64BigEndian(destination[VersionAt..], Version);
        BinaryPrimitives.WriteInt64BigEndian(destination[CreatedAt..], CreatedSeconds);
    }
}
