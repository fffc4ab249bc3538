namespace Atlas.Engine.Timers;

/// <summary>A timer of one loop. Setting it later than it stands costs two stores: the wheel notices when the earlier
/// time comes and moves it on. So a timeout renewed with each request costs nothing per request.</summary>
public sealed class LoopTimer
{
    private readonly TimerWheel _wheel;
    private readonly ITimerTarget _target;

    /// <summary>Makes a timer that is not set.</summary>
    public LoopTimer(TimerWheel wheel, ITimerTarget target)
    {
        _wheel = wheel;
        _target = target;
    }

    /// <summary>When it is due, in the loop's milliseconds; <see cref="long.MaxValue"/> when not set.</summary>
    public long DeadlineMs { get; private set; } = long.MaxValue;

    /// <summary>Whether it is set.</summary>
    public bool IsSet => DeadlineMs != long.MaxValue;

    internal LoopTimer? Next { get; set; }

    internal LoopTimer? Previous { get; set; }

    // The time for which the wheel holds it: at or before DeadlineMs. -1 when the wheel does not hold it.
    internal long WheelMs { get; set; } = -1;

    internal int WheelSlot { get; set; }

    /// <summary>Sets or moves the timer.</summary>
    public void Set(long deadlineMs)
    {
        DeadlineMs = deadlineMs;
        if (WheelMs < 0)
        {
            _wheel.Insert(this, deadlineMs);
        }
        else if (deadlineMs < WheelMs)
        {
            _wheel.Remove(this);
            _wheel.Insert(this, deadlineMs);
        }
    }

    /// <summary>Clears the timer; it stays in the wheel until its time comes, and then is dropped unheard.</summary>
    public void Clear() => DeadlineMs = long.MaxValue;

    /// <summary>Clears the timer and takes it out of the wheel, so that nothing refers to it.</summary>
    public void Remove()
    {
        DeadlineMs = long.MaxValue;
        if (WheelMs >= 0)
        {
            _wheel.Remove(this);
        }
    }

    /// <summary>The time came for which the wheel held it, and it is out of the wheel.</summary>
    internal void Expire(long elapsedMs)
    {
        if (DeadlineMs <= elapsedMs)
        {
            DeadlineMs = long.MaxValue;
            _target.OnTimer(this);
        }
        else if (IsSet)
        {
            _wheel.Hold(this, DeadlineMs);
        }
    }
}
