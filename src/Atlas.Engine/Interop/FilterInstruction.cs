using System.Runtime.InteropServices;

namespace Atlas.Engine.Interop;

/// <summary><c>struct sock_filter</c>: an instruction of the classic BPF.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct FilterInstruction
{
    internal ushort Code;
    internal byte SkipIfTrue;
    internal byte SkipIfFalse;
    internal uint Operand;
}
