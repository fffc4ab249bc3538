using System.Runtime.InteropServices;

namespace Atlas.Engine.Interop;

/// <summary><c>struct pollfd</c>: what is waited for at a descriptor, and what came.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PollDescriptor
{
    internal int Descriptor;
    internal short Events;
    internal short Returned;
}
