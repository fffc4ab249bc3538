using System.Text;
using Atlas.Engine.Interop;
using static Atlas.Engine.Interop.LinuxConstants;

namespace Atlas.Engine.Files;

/// <summary>A file that is only written at its end (O_APPEND), so that several processes and a tool that truncates it may
/// share it; or one of the standard streams. Its calls may block: not for a worker's thread. Not thread-safe.</summary>
public sealed unsafe class AppendFile
{
    // The owner reads and writes, its group reads: logs hold addresses of people.
    private const uint Mode = 0x1A0; // 0640

    private readonly bool _isOwned;
    private int _descriptor;

    private AppendFile(int descriptor, bool isOwned)
    {
        _descriptor = descriptor;
        _isOwned = isOwned;
    }

    /// <summary>Standard output; <see cref="Close"/> leaves it open.</summary>
    public static AppendFile StandardOutput() => new(1, isOwned: false);

    /// <summary>Standard error; <see cref="Close"/> leaves it open.</summary>
    public static AppendFile StandardError() => new(2, isOwned: false);

    /// <summary>Opens a file, and makes it with mode 0640 where there is none.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="error">The error number when null is returned, else 0.</param>
    public static AppendFile? TryOpen(string path, out int error)
    {
        int result;
        fixed (byte* bytes = Encoding.UTF8.GetBytes(path + "\0"))
        {
            do
            {
                result = Errno.Of(Libc.open(bytes, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY, Mode));
            }
            while (result == -Errno.EINTR);
        }

        error = result < 0 ? -result : 0;
        return result < 0 ? null : new AppendFile(result, isOwned: true);
    }

    /// <summary>Writes some of the bytes, from the first.</summary>
    /// <returns>How many were written, or a negative error number.</returns>
    public int TryWrite(ReadOnlySpan<byte> bytes)
    {
        if (_descriptor < 0)
        {
            return -Errno.EBADF;
        }

        // The span is pinned for the length of the call; the kernel keeps no pointer past it.
        fixed (byte* pointer = bytes)
        {
            int result;
            do
            {
                result = Errno.Of(Libc.write(_descriptor, pointer, (nuint)bytes.Length));
            }
            while (result == -Errno.EINTR);
            return result;
        }
    }

    /// <summary>Closes the file. Every later write gives EBADF.</summary>
    public void Close()
    {
        if (_isOwned && _descriptor >= 0)
        {
            Errno.Of(Libc.close(_descriptor));
        }

        _descriptor = -1;
    }
}
