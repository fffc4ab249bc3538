using Atlas.Control.Configuration;
using Atlas.Control.Configuration.Keys;
using Atlas.Control.Configuration.Sections;
using Atlas.Control.Configuration.Yaml;
using Atlas.Core.Configuration;

namespace Atlas.Control.Tests.Configuration.Kinds;

/// <summary>Every bound of every key, from the tables: the last value that is allowed, and the first that is not.</summary>
public sealed class BoundsTests
{
    private static readonly SourcePosition Place = new(1, 1);

    [Fact]
    public void Scalar_AtAndPastEachEdge_IsAcceptedAndRefused()
    {
        int edges = 0;
        foreach (var (name, key) in Keys())
        {
            foreach (var (text, isAllowed) in key.ValueKind.Edges)
            {
                var errors = new ConfigErrors("test");

                bool isAccepted = key.ValueKind.Accepts(new YamlScalar(Place, text, isPlain: false), errors);

                isAccepted.ShouldBe(isAllowed, $"{name}: {text}");
                errors.Count.ShouldBe(isAllowed ? 0 : 1, $"{name}: {text}");
                edges++;
            }
        }

        edges.ShouldBeGreaterThan(300);
    }

    [Fact]
    public void Collection_WithOneMoreThanTheMost_IsRefused()
    {
        int collections = 0;
        foreach (var (name, key) in Keys().Where(key => key.Key.ValueKind.MaxCount is not null))
        {
            int max = key.ValueKind.MaxCount!.Value;
            string refused = $"has {max + 1} ";

            Messages(key, max).ShouldNotContain(message => message.Contains($"has {max} "), name);
            Messages(key, max + 1).ShouldContain(message => message.Contains(refused), name);
            collections++;
        }

        collections.ShouldBeGreaterThan(20);
    }

    [Fact]
    public void Key_AnyKind_RefusesWhatIsNoValueAtAll()
    {
        foreach (var (name, key) in Keys())
        {
            var errors = new ConfigErrors("test");

            key.ValueKind.Accepts(new YamlScalar(Place, "", isPlain: true), errors).ShouldBeFalse(name);

            errors.InOrder(10).ShouldHaveSingleItem().Message.ShouldContain("has no value, but must be", Case.Sensitive, name);
        }
    }

    private static IEnumerable<(string Name, ISectionKey Key)> Keys() =>
        RootSection.All.SelectMany(section => section.KeyList.Select(key => ($"{section.Name}.{key.Name}", key)));

    // The elements are nothing, which is an error for each of them but says nothing about their number.
    private static IEnumerable<string> Messages(ISectionKey key, int count)
    {
        var nothing = new YamlScalar(Place, "", isPlain: true);
        YamlNode list = new YamlList(Place, [.. Enumerable.Repeat(nothing, count)]);
        YamlNode map = new YamlMap(Place, [.. Enumerable.Range(0, count).Select(i => new YamlEntry($"n{i}.x", Place, nothing))]);
        return new[] { list, map }.SelectMany(node =>
        {
            var errors = new ConfigErrors("test");
            key.ValueKind.Accepts(node, errors);
            return errors.InOrder(ConfigErrors.MaxKept).Select(error => error.Message);
        });
    }
}
