namespace Atlas.Control.Tls.Reading;

/// <summary>A file's bytes, or why there are none.</summary>
/// <param name="Path">Its absolute path.</param>
/// <param name="Bytes">The bytes; null: see <paramref name="Problem"/>.</param>
/// <param name="Problem">What is wrong, with the path, as a sentence's end; null with bytes.</param>
/// <param name="MayAppear">Whether the file is not there or may not be read, which another machine or user changes.</param>
internal sealed record FileContent(string Path, byte[]? Bytes, string? Problem, bool MayAppear)
{
    /// <summary>Reads a file of at most <see cref="TlsFiles.MaxFileBytes"/>.</summary>
    public static FileContent Read(string path)
    {
        try
        {
            if (Directory.Exists(path))
            {
                return new FileContent(path, null, $"{path} is a directory: name a file", MayAppear: false);
            }

            // One byte more than is allowed shows that there are too many, also where the length is not known before.
            using var stream = File.OpenRead(path);
            using var bytes = new MemoryStream();
            byte[] part = new byte[16 * 1024];
            int read;
            while (bytes.Length <= TlsFiles.MaxFileBytes && (read = stream.Read(part)) > 0)
            {
                bytes.Write(part, 0, read);
            }

            return bytes.Length > TlsFiles.MaxFileBytes
                ? new FileContent(path, null, $"{path} has more than {TlsFiles.MaxFileBytes} bytes: name the file of one certificate", MayAppear: false)
                : new FileContent(path, bytes.ToArray(), null, MayAppear: false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            string problem = e switch
            {
                FileNotFoundException or DirectoryNotFoundException => $"there is no file {path}",
                UnauthorizedAccessException => $"this user may not read {path}",
                _ => $"{path} cannot be read: {e.Message}",
            };
            return new FileContent(path, null, problem, MayAppear: true);
        }
    }
}
