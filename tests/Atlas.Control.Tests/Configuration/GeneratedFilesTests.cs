using System.Text;
using Atlas.Control.Configuration;

namespace Atlas.Control.Tests.Configuration;

/// <summary>What is made from the key tables and committed. With ATLAS_WRITE_DOCS=1 these tests write the files anew.</summary>
public sealed class GeneratedFilesTests
{
    private static readonly bool WriteAnew = Environment.GetEnvironmentVariable("ATLAS_WRITE_DOCS") == "1";

    [Fact]
    public void Reference_Regenerated_IsTheCommittedPage() => CheckFile("docs/configuration.md", ConfigReference.Write());

    [Fact]
    public void Schema_Regenerated_IsTheCommittedFile()
    {
        using var stream = new MemoryStream();

        ConfigSchema.Write(stream);

        CheckFile("docs/atlas.schema.json", Encoding.UTF8.GetString(stream.ToArray()));
    }

    private static void CheckFile(string path, string expected)
    {
        string file = RepositoryFiles.PathOf(path);
        if (WriteAnew)
        {
            File.WriteAllText(file, expected);
        }

        File.Exists(file).ShouldBeTrue($"{path} is missing: run these tests with ATLAS_WRITE_DOCS=1");
        File.ReadAllText(file).ShouldBe(expected, $"{path} is not what the key tables say: run these tests with ATLAS_WRITE_DOCS=1");
    }
}
