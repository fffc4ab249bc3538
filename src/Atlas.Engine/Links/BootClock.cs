using Atlas.Engine.Interop;

namespace Atlas.Engine.Links;

/// <summary>The time since the machine started, with what it was suspended (CLOCK_BOOTTIME): it never jumps and never goes back, and
/// who was suspended sees by it that he is late. The monotonic clock stands still meanwhile.</summary>
public static unsafe class BootClock
{
    /// <summary>Nanoseconds of a second.</summary>
    public const long NanosecondsPerSecond = 1_000_000_000;

    /// <summary>Reads it, in nanoseconds.</summary>
    public static long ReadNs()
    {
        TimeValue time = default;
        Errno.Of(Libc.clock_gettime(LinkConstants.CLOCK_BOOTTIME, &time));
        return (time.Seconds * NanosecondsPerSecond) + time.Fraction;
    }
}
