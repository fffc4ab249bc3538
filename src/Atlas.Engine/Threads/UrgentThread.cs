using Atlas.Engine.Interop;
using static Atlas.Engine.Interop.LinuxConstants;

namespace Atlas.Engine.Threads;

/// <summary>The calling thread's claim to a processor, and what it took of one.</summary>
public static unsafe class UrgentThread
{
    // The lowest of the real-time priorities, which is above all others. Threads of the kernel that serve devices have 50.
    private const int Lowest = 1;

    // What nice(2) allows at most, and what is worth something yet where a limit forbids that: about nine times an ordinary share.
    private const int MostFavoured = -20;
    private const int WellFavoured = -10;

    /// <summary>Has the calling thread run as soon as the rights of the process allow: with CAP_SYS_NICE, or RLIMIT_RTPRIO of 1, at a
    /// real-time priority; with RLIMIT_NICE of 40 or 30 at a nice value of -20 or -10. Threads that it starts are ordinary ones (SCHED_RESET_ON_FORK).
    /// A real-time thread has to wait most of its time: while it runs nothing else does on its processor.</summary>
    /// <param name="error">Why it is not <see cref="ThreadUrgency.RealTime"/>, a positive error number: EPERM where a right, a group of
    /// processes or a filter of system calls is in the way, ENOSYS where the C library does not have the call; 0 if it is.</param>
    /// <returns>What it got.</returns>
    public static ThreadUrgency Claim(out int error)
    {
        var parameter = new SchedulingParameter { Priority = Lowest };
        error = -Errno.Of(Libc.sched_setscheduler(0, SCHED_RR | SCHED_RESET_ON_FORK, &parameter));
        if (error == 0)
        {
            return ThreadUrgency.RealTime;
        }

        // Without this, which needs no right, threads that it starts would be favoured, too.
        parameter.Priority = 0;
        return Errno.Of(Libc.sched_setscheduler(0, SCHED_OTHER | SCHED_RESET_ON_FORK, &parameter)) == 0
            && (Favour(MostFavoured) || Favour(WellFavoured))
                ? ThreadUrgency.Favoured
                : ThreadUrgency.Ordinary;
    }

    /// <summary>For how long the calling thread has run on a processor, in nanoseconds.</summary>
    public static long ReadUsedNs()
    {
        TimeValue time = default;
        Errno.Of(Libc.clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time));
        return (time.Seconds * Links.BootClock.NanosecondsPerSecond) + time.Fraction;
    }

    private static bool Favour(int nice) => Errno.Of(Libc.setpriority(PRIO_PROCESS, 0, nice)) == 0;
}
