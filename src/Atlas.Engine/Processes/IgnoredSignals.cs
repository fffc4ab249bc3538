using Atlas.Engine.Interop;
using static Atlas.Engine.Interop.LinuxConstants;

namespace Atlas.Engine.Processes;

/// <summary>Signals that the process was started to ignore, which .NET then ignores for good: <c>nohup</c> does so for SIGHUP, and a shell
/// without job control for those of the keyboard (signal(7)).</summary>
public static unsafe class IgnoredSignals
{
    // struct sigaction of glibc and musl has 152 bytes.
    private const int ActionBytes = 256;

    /// <summary>Has SIGHUP do by default what it does by default, if it was ignored. To come before it is handled.</summary>
    /// <returns>Whether it was ignored.</returns>
    public static bool RestoreHangup()
    {
        byte* before = stackalloc byte[ActionBytes];
        bool isIgnored = Errno.Of(Libc.sigaction(SIGHUP, null, before)) == 0 && *(nint*)before == SIG_IGN;
        if (isIgnored)
        {
            Libc.signal(SIGHUP, SIG_DFL);
        }

        return isIgnored;
    }
}
