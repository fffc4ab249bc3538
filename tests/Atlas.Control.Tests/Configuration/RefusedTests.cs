using Atlas.Control.Configuration;

namespace Atlas.Control.Tests.Configuration;

/// <summary>
/// The documents in <c>Refused/*.txt</c>, each with all its errors. A case is a line <c>=== NAME</c>, the document, a line
/// <c>---</c>, and the errors without their file. With ATLAS_WRITE_DOCS=1 the errors are written anew, for review.
/// </summary>
public sealed class RefusedTests
{
    private static readonly string Folder = RepositoryFiles.PathOf("tests/Atlas.Control.Tests/Configuration/Refused");

    public static TheoryData<string, string> Cases()
    {
        var cases = new TheoryData<string, string>();
        foreach (string file in Directory.GetFiles(Folder, "*.txt").Order(StringComparer.Ordinal))
        {
            foreach (string text in Split(file))
            {
                cases.Add(Path.GetFileName(file), text[..text.IndexOf('\n', StringComparison.Ordinal)]);
            }
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Parse_RefusedDocument_HasTheseErrors(string file, string name)
    {
        string path = Path.Combine(Folder, file);
        string text = Split(path).Single(text => text.StartsWith(name + "\n", StringComparison.Ordinal));
        string[] parts = text[(name.Length + 1)..].Split("\n---\n");

        var result = ConfigLoader.Parse(parts[0] + "\n", "f");

        string errors = string.Concat(result.Errors.Select(error => error.ToString()["f:".Length..] + "\n"));
        if (Environment.GetEnvironmentVariable("ATLAS_WRITE_DOCS") == "1")
        {
            string before = $"=== {name}\n{parts[0]}\n---\n";
            File.WriteAllText(path, File.ReadAllText(path).Replace(before + parts[1], before + errors, StringComparison.Ordinal));
            return;
        }

        errors.TrimEnd().ShouldBe(parts[1].TrimEnd());
        result.Config.ShouldBeNull();
    }

    private static IEnumerable<string> Split(string file) => ("\n" + File.ReadAllText(file)).Split("\n=== ").Skip(1);
}
