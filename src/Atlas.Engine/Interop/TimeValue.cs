using System.Runtime.InteropServices;

namespace Atlas.Engine.Interop;

/// <summary><c>struct timespec</c> of 64-bit Linux, and of the same form <c>struct timeval</c>, with microseconds.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TimeValue
{
    internal long Seconds;
    internal long Fraction;
}
