using System.Runtime.InteropServices;

namespace Atlas.Engine.Interop;

/// <summary>C's <c>struct sched_param</c>, as glibc and the kernel have it.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SchedulingParameter
{
    internal int Priority;
}
