namespace Atlas.Control.Tls.Watching;

/// <summary>What tells a file's contents from those before without reading them. It is of the file that a path leads to at last: a link
/// that is swapped, as Kubernetes does with its volumes, leads to another file with another stamp. The time of birth stands in for the
/// inode, which the base library does not tell.</summary>
/// <param name="Length">Its length; -1: there is none, or it may not be opened.</param>
/// <param name="Written">When it was written last.</param>
/// <param name="Born">When it was made.</param>
internal readonly record struct FileStamp(long Length, DateTime Written, DateTime Born)
{
    /// <summary>That of a file that cannot be opened.</summary>
    public static readonly FileStamp None = new(-1, default, default);

    /// <summary>The stamp at this moment.</summary>
    public static FileStamp Of(string path)
    {
        try
        {
            using var handle = File.OpenHandle(path);
            return new FileStamp(RandomAccess.GetLength(handle), File.GetLastWriteTimeUtc(handle), File.GetCreationTimeUtc(handle));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return None;
        }
    }
}
