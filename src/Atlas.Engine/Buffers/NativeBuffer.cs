using System.Runtime.CompilerServices;

namespace Atlas.Engine.Buffers;

/// <summary>A block of native memory lent by a <see cref="BufferPool"/>. Belongs to one loop and is used on its thread
/// only; the lender must not touch it after <see cref="Return"/>.</summary>
public sealed unsafe class NativeBuffer
{
    private readonly BufferPool _pool;
    private readonly byte* _memory;

    internal NativeBuffer(BufferPool pool, byte* memory, int length, BufferSize size)
    {
        _pool = pool;
        _memory = memory;
        Length = length;
        Size = size;
    }

    /// <summary>Length in bytes.</summary>
    public int Length { get; }

    /// <summary>The size class.</summary>
    public BufferSize Size { get; }

    /// <summary>The whole block. The memory is there while it is lent, and may be gone as soon as it was given back.</summary>
    public Span<byte> Span
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(_memory, Length);
    }

    internal byte* Pointer => _memory;

    internal bool IsLent { get; set; }

    /// <summary>Its place in the pool's list of all blocks.</summary>
    internal int Index { get; set; }

    /// <summary>Gives the block back.</summary>
    public void Return() => _pool.Return(this);
}
