using System.Runtime.InteropServices;

namespace Atlas.Engine.Interop;

/// <summary><c>struct itimerspec</c>: when a timer fires, and how often then.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TimerSetting
{
    internal TimeValue Interval;
    internal TimeValue Value;
}
