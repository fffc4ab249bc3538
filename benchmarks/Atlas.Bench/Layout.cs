namespace Atlas.Bench;

/// <summary>Where things are in the checkout.</summary>
internal static class Layout
{
    /// <summary>The directory that holds the solution.</summary>
    internal static string Root { get; } = FindRoot();

    /// <summary>The native binary of Atlas that ./bench published.</summary>
    internal static string AtlasAot { get; } = Path.Combine(Root, ".atlas", "bench", "native", "atlas");

    /// <summary>A program that ./bench built.</summary>
    internal static string Built(string project, string program) =>
        Path.Combine(Root, ".atlas", "bench", "bin", project, "release", program);

    private static string FindRoot()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "Atlas.slnx")))
            {
                return directory.FullName;
            }
        }

        throw new BenchException($"no Atlas.slnx above {AppContext.BaseDirectory}: start ./bench in the checkout");
    }
}
