namespace Atlas.Proxy.Stores;

/// <summary>How a store is, and why.</summary>
/// <param name="Condition">How it is.</param>
/// <param name="Reason">Why it is not up, such as "127.0.0.1:6379 refuses connections"; empty if it is.</param>
public sealed record StoreHealth(StoreCondition Condition, string Reason)
{
    /// <summary>Of a store that answers.</summary>
    public static StoreHealth Up { get; } = new(StoreCondition.Up, "");

    /// <summary>Of one that nothing is known of yet.</summary>
    public static StoreHealth Connecting { get; } = new(StoreCondition.Connecting, "");
}
