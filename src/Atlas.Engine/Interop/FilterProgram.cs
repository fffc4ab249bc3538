using System.Runtime.InteropServices;

namespace Atlas.Engine.Interop;

/// <summary><c>struct sock_fprog</c>: a program of the classic BPF.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct FilterProgram
{
    internal ushort Length;
    internal FilterInstruction* Instructions;
}
