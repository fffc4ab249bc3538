using Atlas.Control.Configuration;

namespace Atlas.Control.Tests.Configuration;

/// <summary>The configurations in pages about routes.</summary>
public sealed class RoutingPageTests
{
    [Theory]
    [InlineData("docs/routing.md", 2)]
    [InlineData("docs/rate-limits.md", 1)]
    public void Page_Configurations_AreValidAndRun(string file, int count)
    {
        string page = File.ReadAllText(RepositoryFiles.PathOf(file));
        string[] blocks = [.. page.Split("```yaml\n").Skip(1).Select(rest => rest[..rest.IndexOf("```", StringComparison.Ordinal)])];

        blocks.Length.ShouldBe(count);
        foreach (string block in blocks)
        {
            ConfigResult result = ConfigLoader.Parse(block, file);
            result.Errors.ShouldBeEmpty();
            UnsupportedFeatures.Find(result.Config!).ShouldBeEmpty();
        }
    }
}
