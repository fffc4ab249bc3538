using System.Reflection;

namespace Atlas.Cli.Tests.Programs;

/// <summary>The checkout that these tests were built in, and the program that was built with them.</summary>
public static class Checkout
{
    public static string Root { get; } = FindRoot();

    /// <summary>The <c>atlas</c> program: the one that <c>ATLAS_PROGRAM</c> names, such as a native one, else the one that was
    /// built with these tests.</summary>
    public static string Program { get; } = Environment.GetEnvironmentVariable("ATLAS_PROGRAM") is { Length: > 0 } named
        ? named
        : Path.Combine(Root, "src", "Atlas", "bin", Metadata("Configuration"), Metadata("TargetFramework"), "atlas");

    private static string Metadata(string key) => typeof(Checkout).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == key).Value!;

    private static string FindRoot()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "Atlas.slnx")))
            {
                return directory.FullName;
            }
        }

        throw new InvalidOperationException($"No Atlas.slnx above {AppContext.BaseDirectory}: run the tests inside the checkout.");
    }
}
