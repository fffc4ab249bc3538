using Atlas.Core.Sessions;

namespace Atlas.Proxy.UserSessions;

/// <summary>A session in memory. Immutable, but for its end.</summary>
/// <param name="contents">The contents; null: the session has another id now.</param>
/// <param name="stamp">What is kept besides them.</param>
/// <param name="endsMs">When it is over, by the clock of loops.</param>
internal sealed class MemoryEntry(byte[]? contents, SessionStamp stamp, long endsMs)
{
    /// <summary>What a session takes besides its contents: an entry and its place in the table.</summary>
    internal const int Overhead = 200;

    private long _endsMs = endsMs;

    /// <summary>The contents; null: the session has another id now.</summary>
    internal byte[]? Contents { get; } = contents;

    internal SessionStamp Stamp { get; } = stamp;

    internal long Bytes => (Contents?.Length ?? 0) + Overhead;

    internal long EndsMs
    {
        get => Volatile.Read(ref _endsMs);
        set => Volatile.Write(ref _endsMs, value);
    }

    /// <summary>The version that is there at a time; 0: none.</summary>
    internal ulong VersionAt(long nowMs) => EndsMs > nowMs ? Stamp.Version : 0;

    /// <summary>Whether it is known at a time that the session has another id.</summary>
    internal bool HasMovedAt(long nowMs) => Contents is null && EndsMs > nowMs;
}
