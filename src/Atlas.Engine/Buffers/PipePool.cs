namespace Atlas.Engine.Buffers;

/// <summary>The pipes of one loop. Used on its thread.</summary>
public sealed class PipePool : IDisposable
{
    /// <summary>Pipes that are lent at once; past it <see cref="TryRent"/> gives none, and bytes are copied instead. Two
    /// descriptors each, and what slow receivers leave in them is the kernel's memory: 32 MiB at most.</summary>
    public const int MaxLent = 128;

    // Pipes kept for later.
    private const int MaxFree = 32;

    private readonly Stack<KernelPipe> _free = new();
    private bool _disposed;

    /// <summary>Pipes that are lent.</summary>
    public int Lent { get; private set; }

    /// <summary>Lends an empty pipe; null: there is none to be had.</summary>
    public KernelPipe? TryRent()
    {
        if (_disposed || Lent >= MaxLent)
        {
            return null;
        }

        KernelPipe? pipe = _free.TryPop(out KernelPipe? free) ? free : KernelPipe.TryCreate(this);
        Lent += pipe is null ? 0 : 1;
        return pipe;
    }

    /// <summary>Closes those that are not lent, and from then on each that comes back.</summary>
    public void Dispose()
    {
        _disposed = true;
        while (_free.TryPop(out KernelPipe? pipe))
        {
            pipe.Close();
        }
    }

    internal void Return(KernelPipe pipe)
    {
        Lent--;
        if (pipe.Length > 0 || _disposed || _free.Count >= MaxFree)
        {
            pipe.Close();
            return;
        }

        _free.Push(pipe);
    }
}
