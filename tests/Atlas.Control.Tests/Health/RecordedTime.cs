using Microsoft.Extensions.Time.Testing;

namespace Atlas.Control.Tests.Health;

/// <summary>A clock that the test moves, and that remembers what was waited for.</summary>
internal sealed class RecordedTime : FakeTimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<double> _waits = [];

    /// <summary>The milliseconds of each timer, in order.</summary>
    public IReadOnlyList<double> Waits
    {
        get
        {
            lock (_gate)
            {
                return [.. _waits];
            }
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        lock (_gate)
        {
            _waits.Add(dueTime.TotalMilliseconds);
        }

        return base.CreateTimer(callback, state, dueTime, period);
    }
}
