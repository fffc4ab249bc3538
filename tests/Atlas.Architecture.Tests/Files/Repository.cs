namespace Atlas.Architecture.Tests.Files;

/// <summary>The checkout that these tests were built in.</summary>
public static class Repository
{
    // What .gitignore leaves out, git's own files, and the folders that editors keep.
    private static readonly string[] SkippedDirectories =
        [".git", ".atlas", ".vs", ".idea", ".vscode", "artifacts", "bin", "obj", "node_modules", "TestResults"];

    private static readonly string[] SkippedFiles = [".git"];

    /// <summary>The directory that holds the solution.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Every text file, ordered by path. A file with a NUL byte counts as binary and is left out.</summary>
    public static IReadOnlyList<SourceFile> Files { get; } = [.. Read(new DirectoryInfo(Root)).OrderBy(f => f.Path, StringComparer.Ordinal)];

    /// <summary>The C# files of the product.</summary>
    public static IEnumerable<SourceFile> ProductCode => Files.Where(f => f.IsBelow("src") && f.HasExtension(".cs"));

    public static SourceFile File(string path) => Files.Single(f => string.Equals(f.Path, path, StringComparison.Ordinal));

    private static string FindRoot()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (System.IO.File.Exists(Path.Combine(directory.FullName, "Atlas.slnx")))
            {
                return directory.FullName;
            }
        }

        throw new InvalidOperationException($"No Atlas.slnx above {AppContext.BaseDirectory}: run the tests inside the checkout.");
    }

    private static IEnumerable<SourceFile> Read(DirectoryInfo directory)
    {
        foreach (var file in directory.EnumerateFiles())
        {
            if (!SkippedFiles.Contains(file.Name) && file.LinkTarget is null)
            {
                var text = System.IO.File.ReadAllText(file.FullName);
                if (!text.Contains('\0', StringComparison.Ordinal))
                {
                    yield return new SourceFile(Path.GetRelativePath(Root, file.FullName).Replace('\\', '/'), text);
                }
            }
        }

        foreach (var below in directory.EnumerateDirectories())
        {
            if (!SkippedDirectories.Contains(below.Name) && below.LinkTarget is null)
            {
                foreach (var file in Read(below))
                {
                    yield return file;
                }
            }
        }
    }
}
