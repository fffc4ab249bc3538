using Atlas.Control.Configuration;

namespace Atlas.Control.Tests.Configuration;

/// <summary>The configurations in docs/routing.md.</summary>
public sealed class RoutingPageTests
{
    [Fact]
    public void Page_Configurations_AreValidAndRun()
    {
        string page = File.ReadAllText(RepositoryFiles.PathOf("docs/routing.md"));
        string[] blocks = [.. page.Split("```yaml\n").Skip(1).Select(rest => rest[..rest.IndexOf("```", StringComparison.Ordinal)])];

        blocks.Length.ShouldBe(2);
        foreach (string block in blocks)
        {
            ConfigResult result = ConfigLoader.Parse(block, "docs/routing.md");
            result.Errors.ShouldBeEmpty();
            UnsupportedFeatures.Find(result.Config!).ShouldBeEmpty();
        }
    }
}
