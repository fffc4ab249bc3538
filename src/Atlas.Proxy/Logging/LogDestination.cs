using Atlas.Core.Configuration;
using Atlas.Engine.Files;
using Atlas.Engine.Interop;

namespace Atlas.Proxy.Logging;

/// <summary>Where the lines of a log go. For the log's thread only; its calls may block.</summary>
internal abstract class LogDestination
{
    /// <summary>Writes some of the bytes, from the first.</summary>
    /// <returns>How many, or a negative error number.</returns>
    internal abstract int TryWrite(ReadOnlySpan<byte> bytes);

    /// <summary>Opens the file of that path anew, as after a rotation; on failure the old one stays open.</summary>
    /// <returns>0 or a negative error number.</returns>
    internal abstract int Reopen();

    internal abstract void Close();

    /// <summary>Opens a destination.</summary>
    /// <exception cref="IOException">The file cannot be opened; the message says why.</exception>
    internal static LogDestination Open(AccessLogTarget target, string? path) => target switch
    {
        AccessLogTarget.StandardOutput => new FileDestination(AppendFile.StandardOutput(), null),
        AccessLogTarget.StandardError => new FileDestination(AppendFile.StandardError(), null),
        AccessLogTarget.File => new FileDestination(
            AppendFile.TryOpen(path!, out int error)
                ?? throw new IOException($"cannot open the access log {path}: {Errno.Text(error)}"),
            path),
        _ => throw new ArgumentOutOfRangeException(nameof(target)),
    };

    private sealed class FileDestination(AppendFile file, string? path) : LogDestination
    {
        private AppendFile _file = file;

        internal override int TryWrite(ReadOnlySpan<byte> bytes) => _file.TryWrite(bytes);

        internal override int Reopen()
        {
            if (path is null)
            {
                return 0;
            }

            AppendFile? next = AppendFile.TryOpen(path, out int error);
            if (next is null)
            {
                return -error;
            }

            _file.Close();
            _file = next;
            return 0;
        }

        internal override void Close() => _file.Close();
    }
}
