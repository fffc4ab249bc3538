namespace Atlas.Engine.Timers;

/// <summary>What a timer calls when it is due.</summary>
public interface ITimerTarget
{
    /// <summary>Called on the loop's thread, once per expiry. The timer may be set again from within.</summary>
    void OnTimer(LoopTimer timer);
}
