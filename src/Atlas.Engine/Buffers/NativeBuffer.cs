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

    /// <summary>The whole block. A span must not be kept across <see cref="Return"/>: the memory may be gone then.</summary>
    /// <exception cref="InvalidOperationException">The block is not lent: a bug of the caller, which must not become a use of
    /// freed memory.</exception>
    public Span<byte> Span
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            if (!IsLent)
            {
                ThrowNotLent();
            }

            return new(_memory, Length);
        }
    }

    internal byte* Pointer => _memory;

    internal bool IsLent { get; set; }

    /// <summary>Its place in the pool's list of all blocks.</summary>
    internal int Index { get; set; }

    /// <summary>Gives the block back.</summary>
    public void Return() => _pool.Return(this);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ThrowNotLent() => throw new InvalidOperationException("A buffer was used after it was given back.");
}
