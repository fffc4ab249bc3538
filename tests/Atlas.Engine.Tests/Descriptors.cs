namespace Atlas.Engine.Tests;

/// <summary>The open sockets and event descriptors of this process. Other descriptors come and go with what the runtime
/// reads.</summary>
public static class Descriptors
{
    public static int Count() => new DirectoryInfo("/proc/self/fd").EnumerateFileSystemInfos().Count(IsOfTheEngine);

    private static bool IsOfTheEngine(FileSystemInfo link) =>
        link.LinkTarget is { } target
        && (target.StartsWith("socket:", StringComparison.Ordinal) || target.StartsWith("anon_inode:", StringComparison.Ordinal));
}
