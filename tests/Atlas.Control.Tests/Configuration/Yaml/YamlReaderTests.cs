using System.Text;
using Atlas.Control.Configuration;
using Atlas.Control.Configuration.Yaml;

namespace Atlas.Control.Tests.Configuration.Yaml;

public sealed class YamlReaderTests
{
    [Fact]
    public void Read_DeepestAllowed_IsRead() => Errors(Nested(YamlReader.MaxDepth)).ShouldBeEmpty();

    [Fact]
    public void Read_OneLevelDeeper_IsRefused() =>
        Errors(Nested(YamlReader.MaxDepth + 1)).ShouldBe(["1:33: this is nested deeper than 32 levels, which is the most"]);

    [Fact]
    public void Read_MillionBrackets_IsRefusedAtOnce() => Errors(new string('[', 1_000_000)).ShouldHaveSingleItem().ShouldStartWith("1:33: ");

    [Fact]
    public void Read_MostNodes_IsRead() => Errors($"[{string.Join(',', Enumerable.Repeat('1', YamlReader.MaxNodes - 1))}]").ShouldBeEmpty();

    [Fact]
    public void Read_OneNodeMore_IsRefused() =>
        Errors($"[{string.Join(',', Enumerable.Repeat('1', YamlReader.MaxNodes))}]").ShouldHaveSingleItem().ShouldEndWith(
            "the configuration has more than 100000 values here, aliases followed, which is the most");

    [Fact]
    public void Read_AliasesThatDouble_AreRefused()
    {
        var bomb = new StringBuilder("a0: &a0 [x]\n");
        for (int i = 1; i < 30; i++)
        {
            bomb.Append($"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]\n");
        }

        Errors(bomb.ToString()).ShouldHaveSingleItem().ShouldContain("aliases followed");
    }

    [Fact]
    public void Read_AliasesThatDeepen_AreRefused()
    {
        var chain = new StringBuilder("a0: &a0 [x]\n");
        for (int i = 1; i <= YamlReader.MaxDepth; i++)
        {
            chain.Append($"a{i}: &a{i} [*a{i - 1}]\n");
        }

        Errors(chain.ToString()).ShouldHaveSingleItem().ShouldBe("31:12: what '*a29' stands for is nested deeper here than 32 levels, which is the most");
    }

    [Fact]
    public void Read_Alias_IsTheAnchorsNode()
    {
        var root = Read("a: &x { b: 1 }\nc: *x\n").ShouldBeOfType<YamlMap>();

        root.Entries[1].Value.ShouldBeSameAs(root.Entries[0].Value);
    }

    [Fact]
    public void Read_ValuesThatYaml11Converts_StayTexts()
    {
        var list = Read("[no, 010, 1:30, 1_000, 0x1F, 1.20, 2001-01-01, .inf, =]").ShouldBeOfType<YamlList>();

        list.Items.Cast<YamlScalar>().Select(item => item.Text)
            .ShouldBe(["no", "010", "1:30", "1_000", "0x1F", "1.20", "2001-01-01", ".inf", "="]);
    }

    [Theory]
    [InlineData("a:", true)]
    [InlineData("a: ~", true)]
    [InlineData("a: null", true)]
    [InlineData("a: ''", false)]
    [InlineData("a: '~'", false)]
    [InlineData("a: nothing", false)]
    public void IsNull_Scalar_IsAboutWhatIsWritten(string text, bool isNull) =>
        Read(text).ShouldBeOfType<YamlMap>().Entries[0].Value.ShouldBeOfType<YamlScalar>().IsNull.ShouldBe(isNull);

    [Fact]
    public void Position_KeysAndValues_CountFromOne()
    {
        var entry = Read("\n  key:   value\n").ShouldBeOfType<YamlMap>().Entries[0];

        entry.Position.ToString().ShouldBe("2:3");
        entry.Value.Position.ToString().ShouldBe("2:10");
    }

    private static string Nested(int depth) => new string('[', depth) + new string(']', depth);

    private static YamlNode? Read(string text) => YamlReader.Read(text, new ConfigErrors("f"));

    private static IEnumerable<string> Errors(string text)
    {
        var errors = new ConfigErrors("f");
        YamlReader.Read(text, errors);
        return errors.InOrder(100).Select(error => error.ToString()["f:".Length..]);
    }
}
