using System.Globalization;
using Atlas.Control.Configuration;
using Atlas.Core.Configuration;

namespace Atlas.Control.Tests.Configuration;

public sealed class SlowRoutesTests
{
    [Theory]
    [InlineData(SlowRoutes.MaxCompared + 1, "~ [a-z]{0}/", false)]
    [InlineData(SlowRoutes.MaxCompared, "~ ({0}|x)", false)]
    [InlineData(SlowRoutes.MaxCompared + 1, "~ ({0}|x)", true)]
    public void Find_RoutesOfAListener_NotesTheirNumberWhereNothingTellsThemApart(int count, string path, bool isNoted)
    {
        var notes = SlowRoutes.Find(Load(Enumerable.Range(0, count).Select(i =>
            $"      - {{ match: {{ path: \"{string.Format(CultureInfo.InvariantCulture, path, i)}\" }}, pool: p }}")));

        notes.Select(note => note.ToString()).ShouldBe(isNoted
            ? [$"test.yaml:5:7: a request may be compared with {count} routes of listener 'l' one after the other, as nothing tells them "
                + "apart: give each a host, a path, a value, or a regular expression with text that stands in all that it matches"]
            : []);
    }

    private static AtlasConfig Load(IEnumerable<string> routes) => ConfigLoader.Parse(
        $"listeners:\n  l:\n    bind: 127.0.0.1:80\n    routes:\n{string.Join('\n', routes)}\npools: {{ p: {{ servers: [127.0.0.1:81] }} }}\n",
        "test.yaml").Config.ShouldNotBeNull();
}
