using Atlas.Proxy.Stores;

namespace Atlas.Proxy.Tests.Stores;

/// <summary>What came of a call.</summary>
internal sealed class StoreAnswer(RedisCall call)
{
    internal RedisCall Call => call;

    /// <summary>How it ended; null: it has not.</summary>
    internal RedisStatus? Status { get; set; }

    internal string Text { get; set; } = "";

    internal string ErrorText { get; set; } = "";

    internal long TookMs { get; set; }
}
