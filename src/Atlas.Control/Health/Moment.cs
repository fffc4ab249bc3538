namespace Atlas.Control.Health;

/// <summary>A point in time by both clocks.</summary>
/// <param name="Timestamp">Of the monotonic clock, in its own unit.</param>
/// <param name="Utc">Of the wall clock.</param>
internal readonly record struct Moment(long Timestamp, DateTimeOffset Utc)
{
    internal static Moment Now(TimeProvider time) => new(time.GetTimestamp(), time.GetUtcNow());
}
