using Atlas.Core.Sessions;

namespace Atlas.Proxy.UserSessions;

/// <summary>The answer to a <see cref="SessionCall"/>.</summary>
/// <param name="Result">What came of it.</param>
/// <param name="Contents">What was read; null: nothing.</param>
/// <param name="Stamp">What is kept besides.</param>
/// <param name="LeftMs">Milliseconds that it lives on.</param>
internal readonly record struct SessionReply(StoreResult Result, byte[]? Contents = null, SessionStamp Stamp = default, long LeftMs = 0);
