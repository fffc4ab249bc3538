namespace Atlas.Control.Configuration;

/// <summary>Who may read or change a file that nobody but its owner should.</summary>
public static class FileRights
{
    private const UnixFileMode Group = UnixFileMode.GroupRead | UnixFileMode.GroupWrite;
    private const UnixFileMode Others = UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    /// <summary>Who else has a file: <c>its group</c>, <c>others</c>; null: nobody, or that cannot be told.</summary>
    public static string? WhoElse(string path)
    {
        try
        {
            UnixFileMode mode = OperatingSystem.IsWindows() ? UnixFileMode.None : File.GetUnixFileMode(path);
            return (mode & Others) != UnixFileMode.None ? "others" : (mode & Group) != UnixFileMode.None ? "its group" : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
