namespace Atlas.Control.Tests.Configuration;

/// <summary>Files of the repository that tests read, found from the place of the test's binary.</summary>
internal static class RepositoryFiles
{
    public static string Root { get; } = FindRoot();

    public static string Reference => PathOf("docs/atlas.reference.yaml");

    public static string PathOf(string relative) => Path.Combine(Root, relative);

    /// <summary>The configurations that people copy: the reference, the examples, and the package's.</summary>
    public static IEnumerable<string> Configurations() =>
        Directory.GetFiles(PathOf("examples"), "*.yaml").Append(Reference).Append(PathOf("packaging/atlas.yaml")).Order(StringComparer.Ordinal);

    private static string FindRoot()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "Atlas.slnx")))
        {
            directory = directory.Parent ?? throw new InvalidOperationException("The tests do not stand in the repository.");
        }

        return directory.FullName;
    }
}
