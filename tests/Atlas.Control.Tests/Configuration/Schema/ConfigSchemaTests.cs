using System.Text.Json.Nodes;
using Atlas.Control.Configuration;
using Atlas.Control.Configuration.Sections;
using Atlas.Control.Configuration.Yaml;
using Atlas.Core.Configuration;

namespace Atlas.Control.Tests.Configuration.Schema;

public sealed class ConfigSchemaTests
{
    private static readonly JsonObject Exported = Export();

    public static TheoryData<string> Configurations =>
        [.. RepositoryFiles.Configurations().Select(file => Path.GetRelativePath(RepositoryFiles.Root, file))];

    [Theory]
    [MemberData(nameof(Configurations))]
    public void Schema_ConfigurationOfTheRepository_IsValid(string file)
    {
        var errors = new SchemaValidator(Exported).Validate(JsonOfYaml.Read(File.ReadAllText(RepositoryFiles.PathOf(file))));

        errors.ShouldBeEmpty();
    }

    [Fact]
    public void Schema_ReferenceConfiguration_HasEveryKeyOfEverySection()
    {
        var validator = new SchemaValidator(Exported);

        validator.Validate(JsonOfYaml.Read(File.ReadAllText(RepositoryFiles.Reference)));

        string[] all = [.. RootSection.All.SelectMany(section => section.KeyList.Select(key => $"{section.Name}.{key.Name}"))];
        all.Except(validator.Visited).ShouldBeEmpty("the reference configuration leaves these keys out");
        all.Length.ShouldBeGreaterThan(150);
    }

    [Fact]
    public void Schema_UnknownKeyInAnySection_IsRefused()
    {
        int maps = Maps(Read()).Count();
        for (int i = 0; i < maps; i++)
        {
            // Maps whose keys the writer chooses take any name, so the value is one that nothing takes.
            var config = Read();
            Maps(config).ElementAt(i)["no such key"] = new JsonArray(new JsonArray());

            new SchemaValidator(Exported).Validate(config).ShouldNotBeEmpty($"map {i} has an unknown key");
        }
    }

    [Theory]
    [InlineData("listeners.web.bind", "8080")]
    [InlineData("listeners.web.limits.headers", "64")]
    [InlineData("listeners.web.timeouts.idle", "75")]
    [InlineData("listeners.web.routes", "pool")]
    [InlineData("pools.web.balance", "roundrobin")]
    [InlineData("pools.web.panic_threshold", "0.5")]
    [InlineData("pools.web.servers", "[]")]
    public void Schema_WrongValue_IsRefused(string path, string value)
    {
        var config = Read();
        string[] keys = path.Split('.');
        var parent = keys[..^1].Aggregate((JsonNode)config, (node, key) => node[key]!);
        parent[keys[^1]] = JsonOfYaml.Read(value);

        new SchemaValidator(Exported).Validate(config).ShouldNotBeEmpty();
    }

    // An editor must not mark what the loader takes. The other way round is impossible: patterns do not count.
    [Fact]
    public void Schema_ScalarAtTheEdgeThatTheLoaderAccepts_IsValid()
    {
        foreach (var section in RootSection.All)
        {
            foreach (var key in section.KeyList)
            {
                var schema = section == RootSection.Instance ? Exported : Exported["$defs"]![section.Name]!.AsObject();
                foreach (var (text, _) in key.ValueKind.Edges.Where(edge => edge.IsAllowed))
                {
                    var value = JsonOfYaml.Convert(new YamlScalar(SourcePosition.None, text, isPlain: text.Length > 0));
                    var errors = new SchemaValidator(Exported).ValidateBy(schema["properties"]![key.Name]!.AsObject(), value);
                    errors.ShouldBeEmpty($"{section.Name}.{key.Name}: {text}");
                }
            }
        }
    }

    private static JsonObject Read() => JsonOfYaml.Read(File.ReadAllText(RepositoryFiles.Reference))!.AsObject();

    private static JsonObject Export()
    {
        using var stream = new MemoryStream();
        ConfigSchema.Write(stream);
        return JsonNode.Parse(stream.ToArray())!.AsObject();
    }

    private static IEnumerable<JsonObject> Maps(JsonNode? node) => node switch
    {
        JsonObject map => map.Select(entry => entry.Value).SelectMany(Maps).Prepend(map),
        JsonArray list => list.SelectMany(Maps),
        _ => [],
    };
}
