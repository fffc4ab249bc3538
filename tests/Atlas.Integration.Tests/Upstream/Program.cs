namespace Atlas.Integration.Tests.Upstream;

/// <summary>The <c>atlas</c> program as the build of this project made it.</summary>
internal static class Program
{
    /// <summary>Its path: this project's output directory has a sibling of the same shape below <c>src</c>.</summary>
    public static string Path
    {
        get
        {
            string output = System.IO.Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory);
            string framework = System.IO.Path.GetFileName(output);
            string configuration = System.IO.Path.GetFileName(System.IO.Path.GetDirectoryName(output)!);
            return System.IO.Path.GetFullPath(
                System.IO.Path.Combine(output, "../../../../../src/Atlas/bin", configuration, framework, "atlas"));
        }
    }
}
