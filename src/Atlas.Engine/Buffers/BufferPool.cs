using System.Runtime.InteropServices;

namespace Atlas.Engine.Buffers;

/// <summary>Lends blocks of native memory to one loop; not thread-safe. It allocates on demand, keeps what comes back, and
/// never holds more than <see cref="LimitBytes"/>: past it <see cref="TryRent"/> says no and the caller sheds load.</summary>
public sealed unsafe class BufferPool : IDisposable
{
    /// <summary>Length of a <see cref="BufferSize.Small"/> block in bytes.</summary>
    public const int SmallLength = 16 * 1024;

    /// <summary>Length of a <see cref="BufferSize.Large"/> block in bytes.</summary>
    public const int LargeLength = 128 * 1024;

    private const int PageSize = 4096;
    private readonly Stack<NativeBuffer> _small = new();
    private readonly Stack<NativeBuffer> _large = new();
    private readonly List<NativeBuffer> _all = [];
    private bool _disposed;

    /// <summary>Makes an empty pool.</summary>
    /// <param name="limitBytes">The upper bound of memory in bytes.</param>
    public BufferPool(long limitBytes = 1L << 30) => LimitBytes = limitBytes;

    /// <summary>The upper bound of memory in bytes.</summary>
    public long LimitBytes { get; }

    /// <summary>Bytes allocated from the system, lent or not.</summary>
    public long AllocatedBytes { get; private set; }

    /// <summary>Number of blocks lent now.</summary>
    public int Lent { get; private set; }

    /// <summary>Lends a block, or null when the bound is reached, the system has no memory or the pool is disposed.</summary>
    public NativeBuffer? TryRent(BufferSize size)
    {
        Stack<NativeBuffer> free = size == BufferSize.Small ? _small : _large;
        if (!free.TryPop(out NativeBuffer? buffer))
        {
            buffer = Allocate(size);
            if (buffer is null)
            {
                return null;
            }
        }

        buffer.IsLent = true;
        Lent++;
        return buffer;
    }

    /// <summary>Frees all blocks, lent or not; only once nobody uses any. Giving one back later does nothing.</summary>
    public void Dispose()
    {
        _disposed = true;
        foreach (NativeBuffer buffer in _all)
        {
            NativeMemory.AlignedFree(buffer.Pointer);
        }

        _all.Clear();
        _small.Clear();
        _large.Clear();
        AllocatedBytes = 0;
    }

    internal void Return(NativeBuffer buffer)
    {
        if (!buffer.IsLent)
        {
            throw new InvalidOperationException("A buffer was given back twice.");
        }

        buffer.IsLent = false;
        Lent--;
        if (_disposed)
        {
            return;
        }

        (buffer.Size == BufferSize.Small ? _small : _large).Push(buffer);
    }

    private NativeBuffer? Allocate(BufferSize size)
    {
        int length = size == BufferSize.Small ? SmallLength : LargeLength;
        if (_disposed || AllocatedBytes + length > LimitBytes || !TryAllocate(length, out byte* memory))
        {
            return null;
        }

        var buffer = new NativeBuffer(this, memory, length, size);
        AllocatedBytes += length;
        _all.Add(buffer);
        return buffer;
    }

    private static bool TryAllocate(int length, out byte* memory)
    {
        try
        {
            memory = (byte*)NativeMemory.AlignedAlloc((nuint)length, PageSize);
            return true;
        }
        catch (OutOfMemoryException)
        {
            memory = null;
            return false;
        }
    }
}
