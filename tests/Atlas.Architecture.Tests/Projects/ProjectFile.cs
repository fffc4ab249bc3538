using System.Xml.Linq;
using Atlas.Architecture.Tests.Files;

namespace Atlas.Architecture.Tests.Projects;

/// <summary>What a project file declares, as far as the rules ask.</summary>
/// <param name="Name">The file's name without its extension.</param>
/// <param name="References">The names of the projects it references.</param>
/// <param name="AllowsUnsafe">Whether it sets AllowUnsafeBlocks to true.</param>
/// <param name="SwitchesAotOff">Whether it sets IsAotCompatible to anything but true.</param>
public sealed record ProjectFile(string Name, IReadOnlyList<string> References, bool AllowsUnsafe, bool SwitchesAotOff)
{
    /// <summary>The projects below src/, ordered by name.</summary>
    public static IReadOnlyList<ProjectFile> Product { get; } =
        [.. Repository.Files.Where(f => f.IsBelow("src") && f.HasExtension(".csproj")).Select(Parse)];

    public string Path => $"src/{Name}/{Name}.csproj";

    public static ProjectFile Parse(SourceFile file)
    {
        var project = XDocument.Parse(file.Text);
        return new ProjectFile(
            NameOf(file.Path),
            [.. project.Descendants("ProjectReference").Select(r => NameOf(r.Attribute("Include")!.Value))],
            project.Descendants("AllowUnsafeBlocks").Any(IsTrue),
            project.Descendants("IsAotCompatible").Any(e => !IsTrue(e)));
    }

    private static string NameOf(string path) => System.IO.Path.GetFileNameWithoutExtension(path.Replace('\\', '/'));

    private static bool IsTrue(XElement element) => string.Equals(element.Value.Trim(), "true", StringComparison.OrdinalIgnoreCase);
}
