using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Atlas.Engine.Interop;

/// <summary>An array of <c>struct epoll_event</c> in native memory. The structure is packed (12 bytes) on x86-64 and
/// naturally aligned (16 bytes) elsewhere, so entries are reached by stride and not by a C# struct.</summary>
internal sealed unsafe class EpollEvents : IDisposable
{
    /// <summary>The longest entry of any architecture.</summary>
    internal const int MaxStride = 16;

    internal static readonly int Stride = StrideOf(RuntimeInformation.ProcessArchitecture);
    internal static readonly int DataOffset = DataOffsetOf(RuntimeInformation.ProcessArchitecture);

    private byte* _memory;

    internal EpollEvents(int capacity)
    {
        Capacity = capacity;
        _memory = (byte*)NativeMemory.AllocZeroed((nuint)capacity, (nuint)Stride);
    }

    internal int Capacity { get; }

    internal void* Pointer => _memory;

    public void Dispose()
    {
        NativeMemory.Free(_memory);
        _memory = null;
    }

    /// <summary><c>sizeof(struct epoll_event)</c>: EPOLL_PACKED is set on x86-64 only (linux/eventpoll.h).</summary>
    internal static int StrideOf(Architecture architecture) => architecture == Architecture.X64 ? 12 : MaxStride;

    /// <summary><c>offsetof(struct epoll_event, data)</c>.</summary>
    internal static int DataOffsetOf(Architecture architecture) => architecture == Architecture.X64 ? 4 : 8;

    internal uint Mask(int index) => Unsafe.ReadUnaligned<uint>(_memory + (index * Stride));

    internal ulong Token(int index) => Unsafe.ReadUnaligned<ulong>(_memory + (index * Stride) + DataOffset);

    internal static void Write(byte* entry, uint mask, ulong token)
    {
        Unsafe.WriteUnaligned(entry, mask);
        Unsafe.WriteUnaligned(entry + DataOffset, token);
    }
}
