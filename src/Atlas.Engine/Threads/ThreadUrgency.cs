namespace Atlas.Engine.Threads;

/// <summary>When a thread that has something to do gets a processor.</summary>
public enum ThreadUrgency
{
    /// <summary>In its turn, as all others.</summary>
    Ordinary,

    /// <summary>Sooner and for longer than most (a nice value of -20 or -10): late on a busy machine, but by milliseconds.</summary>
    Favoured,

    /// <summary>At once, before every thread without a real-time priority (SCHED_RR, priority 1).</summary>
    RealTime,
}
