using System.Runtime.InteropServices;

namespace Atlas.Engine.Interop;

/// <summary><c>struct msghdr</c> of 64-bit Linux: 56 bytes on x86-64 and arm64.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct MessageHeader
{
    internal void* Name;
    internal uint NameLength;
    internal IoVector* Vectors;
    internal nuint VectorCount;
    internal void* Control;
    internal nuint ControlLength;
    internal int Flags;
}
