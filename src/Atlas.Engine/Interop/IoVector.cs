using System.Runtime.InteropServices;

namespace Atlas.Engine.Interop;

/// <summary><c>struct iovec</c>: a base address and a length in bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct IoVector
{
    internal void* Base;
    internal nuint Length;
}
