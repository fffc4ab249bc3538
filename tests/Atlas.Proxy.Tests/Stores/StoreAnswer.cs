using Atlas.Proxy.Stores;

namespace Atlas.Proxy.Tests.Stores;

/// <summary>What came of a call.</summary>
internal sealed class StoreAnswer(RedisCall call)
{
    internal RedisCall Call => call;

    /// <summary>How it ended; null: it has not.</summary>
    internal RedisStatus? Status
    {
        get;
        set
        {
            field = value;
            Ended?.Invoke();
        }
    }

    /// <summary>What is done in the moment in which it ends; null: nothing.</summary>
    internal Action? Ended { get; set; }

    internal string Text { get; set; } = "";

    internal string ErrorText { get; set; } = "";

    internal long TookMs { get; set; }
}
