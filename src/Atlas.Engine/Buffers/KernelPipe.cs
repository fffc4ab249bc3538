using Atlas.Engine.Interop;
using static Atlas.Engine.Interop.LinuxConstants;

namespace Atlas.Engine.Buffers;

/// <summary>Bytes on their way from one socket to another inside the kernel (splice(2)): pages change hands and nothing is
/// copied. Lent by a <see cref="PipePool"/>; used on its loop's thread.</summary>
public sealed unsafe class KernelPipe
{
    // Bytes of room that are asked for. A pipe counts in pages, and a page of it may hold as little as one segment, so that few
    // pages fill soon. Past the user's allowance (pipe(7), pipe-user-pages-soft) the kernel gives less, which works too.
    private const int WantedBytes = 256 * 1024;

    // Asked for with one call; how much comes is up to what the pipe holds.
    private const int BytesPerCall = 1024 * 1024;

    private readonly PipePool _owner;
    private readonly int _read;
    private readonly int _write;

    private KernelPipe(PipePool owner, int read, int write)
    {
        _owner = owner;
        _read = read;
        _write = write;
    }

    /// <summary>Bytes in it.</summary>
    public int Length { get; private set; }

    /// <summary>Gives it back. One that still holds bytes is closed: they are nobody's.</summary>
    public void Return() => _owner.Return(this);

    /// <summary>Makes one; null: the process has no descriptors left, or the user no pipes.</summary>
    internal static KernelPipe? TryCreate(PipePool owner)
    {
        int* ends = stackalloc int[2];
        if (Errno.Of(Libc.pipe2(ends, O_NONBLOCK | O_CLOEXEC)) < 0)
        {
            return null;
        }

        Errno.Of(Libc.fcntl(ends[1], F_SETPIPE_SZ, WantedBytes));
        return new KernelPipe(owner, ends[0], ends[1]);
    }

    /// <summary>Takes bytes out of a socket. Only while it is empty: a full pipe could not be told from a silent
    /// socket.</summary>
    /// <returns>Bytes, 0 at the end of the stream, or a negative error number.</returns>
    internal int Fill(int socket)
    {
        int moved = Splice(socket, _write, BytesPerCall);
        Length += Math.Max(moved, 0);
        return moved;
    }

    /// <summary>Puts bytes into a socket.</summary>
    /// <returns>Bytes, or a negative error number.</returns>
    internal int Drain(int socket)
    {
        int moved = Splice(_read, socket, Length);
        Length -= Math.Max(moved, 0);
        return moved;
    }

    internal void Close()
    {
        Errno.Of(Libc.close(_read));
        Errno.Of(Libc.close(_write));
    }

    private static int Splice(int from, int to, int length)
    {
        int result;
        do
        {
            result = Errno.Of(Libc.splice(from, null, to, null, (nuint)length, SPLICE_F_MOVE | SPLICE_F_NONBLOCK));
        }
        while (result == -Errno.EINTR);
        return result;
    }
}
