using Atlas.Core.Sessions;

namespace Atlas.Proxy.UserSessions;

/// <summary>A question to sessions in memory, of this process or of another.</summary>
internal readonly record struct SessionCall
{
    /// <summary>What is asked.</summary>
    internal required SessionCallKind Kind { get; init; }

    /// <summary>Of which session.</summary>
    internal SessionId Id { get; init; }

    /// <summary>The version that must be there; 0: none; null: whatever is there, unless <see cref="WasStored"/>.</summary>
    internal ulong? Expected { get; init; }

    /// <summary>Whether it was read before: if it is gone then, somebody has ended it, and writing it would bring it back.</summary>
    internal bool WasStored { get; init; }

    /// <summary>What is written; null: that the session has another id now.</summary>
    internal byte[]? Contents { get; init; }

    /// <summary>What is kept besides.</summary>
    internal SessionStamp Stamp { get; init; }

    /// <summary>Milliseconds that it may live on.</summary>
    internal long LeftMs { get; init; }

    /// <summary>Whether it is refused because of the version that is there; 0: none.</summary>
    internal bool IsRefused(ulong there) => Expected is ulong version ? version != there : WasStored && there == 0;
}
