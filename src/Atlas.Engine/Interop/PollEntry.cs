using System.Runtime.InteropServices;

namespace Atlas.Engine.Interop;

/// <summary><c>struct pollfd</c>: a descriptor, what is asked of it, and what is so. A negative one is passed over.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PollEntry
{
    internal int Descriptor;
    internal short Events;
    internal short Result;
}
