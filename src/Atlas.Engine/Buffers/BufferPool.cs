using System.Runtime.InteropServices;
using Atlas.Engine.Interop;

namespace Atlas.Engine.Buffers;

/// <summary>Lends blocks of native memory to one loop; not thread-safe. It allocates on demand, keeps
/// <see cref="MaxIdleBytes"/> of each size for the next who asks, and never holds more than <see cref="LimitBytes"/>: past
/// it <see cref="TryRent"/> says no and the caller sheds load. Both sizes share the limit: where it is reached, idle blocks
/// of one make room for the other.</summary>
public sealed unsafe class BufferPool : IDisposable
{
    /// <summary>Length of a <see cref="BufferSize.Small"/> block in bytes.</summary>
    public const int SmallLength = 16 * 1024;

    /// <summary>Length of a <see cref="BufferSize.Large"/> block in bytes.</summary>
    public const int LargeLength = 256 * 1024;

    /// <summary>Bytes of each size that are kept while nobody uses them; what comes back beyond them goes to the system. It
    /// is what a busy loop gives back and takes again from turn to turn, 1,024 small blocks or 64 large, so that it calls the
    /// allocator after bursts only. Counted for each size, so that what a burst of one left does not make the other
    /// allocate.</summary>
    public const int MaxIdleBytes = 16 << 20;

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
        if (!FreeOf(size).TryPop(out NativeBuffer? buffer))
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
            Release(buffer);
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

        Stack<NativeBuffer> free = FreeOf(buffer.Size);
        if (free.Count * (long)buffer.Length < MaxIdleBytes)
        {
            free.Push(buffer);
        }
        else
        {
            Forget(buffer);
        }
    }

    private static BufferSize Other(BufferSize size) => size == BufferSize.Small ? BufferSize.Large : BufferSize.Small;

    private static int LengthOf(BufferSize size) => size == BufferSize.Small ? SmallLength : LargeLength;

    private Stack<NativeBuffer> FreeOf(BufferSize size) => size == BufferSize.Small ? _small : _large;

    private NativeBuffer? Allocate(BufferSize size)
    {
        int length = LengthOf(size);
        if (_disposed || !TryMakeRoom(size) || !TryAllocate(length, out byte* memory))
        {
            return null;
        }

        var buffer = new NativeBuffer(this, memory, length, size) { Index = _all.Count };
        AllocatedBytes += length;
        _all.Add(buffer);
        return buffer;
    }

    /// <summary>Gives up idle blocks of the other size until one of this size fits, unless even all were too few.</summary>
    private bool TryMakeRoom(BufferSize size)
    {
        long excess = AllocatedBytes + LengthOf(size) - LimitBytes;
        Stack<NativeBuffer> idle = FreeOf(Other(size));
        if (excess > idle.Count * (long)LengthOf(Other(size)))
        {
            return false;
        }

        for (; excess > 0; excess -= LengthOf(Other(size)))
        {
            Forget(idle.Pop());
        }

        return true;
    }

    private void Forget(NativeBuffer buffer)
    {
        NativeBuffer last = _all[^1];
        _all[buffer.Index] = last;
        last.Index = buffer.Index;
        _all.RemoveAt(_all.Count - 1);
        AllocatedBytes -= buffer.Length;
        Release(buffer);
    }

    private static void Release(NativeBuffer buffer)
    {
        // The allocator keeps what is freed amid its heap; the pages leave whatever it does. The advice may fail, as with
        // locked memory, and nothing is lost then.
        _ = Libc.madvise(buffer.Pointer, (nuint)buffer.Length, LinuxConstants.MADV_DONTNEED);
        NativeMemory.AlignedFree(buffer.Pointer);
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
