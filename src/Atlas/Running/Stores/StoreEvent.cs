using Atlas.Proxy.Stores;

namespace Atlas.Running.Stores;

/// <summary>A store is otherwise than before.</summary>
/// <param name="At">When it was found.</param>
/// <param name="Store">Its name.</param>
/// <param name="Health">How it is now.</param>
internal sealed record StoreEvent(DateTimeOffset At, string Store, StoreHealth Health)
{
    /// <summary>The line for the operator.</summary>
    public override string ToString() => Health.Condition == StoreCondition.Up
        ? $"store {Store} is up"
        : $"store {Store} is {Health.Condition.ToString().ToLowerInvariant()}: {Health.Reason}";
}
