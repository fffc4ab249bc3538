using Atlas.Control.Configuration;
using Atlas.Core.Configuration;

namespace Atlas.Control.Tests.Configuration;

public sealed class ConfigDiffTests
{
    private const string Before = """
        listeners:
          a: { bind: 127.0.0.1:80, pool: p }
          b: { bind: 127.0.0.1:81, pool: p }
        pools:
          p: { servers: [{ name: s, address: 127.0.0.1:90 }, 127.0.0.1:91] }
          q: { servers: [127.0.0.1:92] }
        """;

    [Theory]
    [InlineData("pool: p }", "pool: p } # said otherwise", "")]
    [InlineData("127.0.0.1:91", "{ address: 127.0.0.1:91, weight: 1 }", "")]
    [InlineData("a: { bind: 127.0.0.1:80, pool: p }", "a: { bind: 127.0.0.1:82, pool: p, via: x }", "listener a: changed bind, via")]
    [InlineData("  b: { bind", "  c: { bind", "listener b: removed; listener c: added")]
    [InlineData("[127.0.0.1:92] }", "[127.0.0.1:92], slow_start: 1s, retry: { attempts: 2 } }", "pool q: changed slow_start, retry")]
    [InlineData("q: { servers", "r: { servers", "pool q: removed; pool r: added")]
    [InlineData("{ name: s, address: 127.0.0.1:90 }", "{ name: s, address: 127.0.0.1:99, weight: 2 }", "server p/s: changed address, weight")]
    [InlineData("{ name: s, address", "{ name: t, address", "server p/s: removed; server p/t: added")]
    [InlineData("127.0.0.1:91", "127.0.0.1:93", "server p/127.0.0.1:91: removed; server p/127.0.0.1:93: added")]
    [InlineData("listeners:", "runtime: { workers: 2 }\nadmin: { bind: none }\nlisteners:", "configuration: changed admin, runtime")]
    [InlineData("listeners:", "stores: { x: {} }\nlisteners:", "store x: added")]
    public void Between_OneEdit_NamesWhatItChanges(string from, string to, string changes)
    {
        Before.ShouldContain(from);

        var found = ConfigDiff.Between(Parse(Before), Parse(Before.Replace(from, to, StringComparison.Ordinal)));

        string.Join("; ", found).ShouldBe(changes);
    }

    [Fact]
    public void Between_ReferenceAndItself_IsNothing()
    {
        var reference = ConfigLoader.Load(RepositoryFiles.Reference).Config!;

        ConfigDiff.Between(reference, ConfigLoader.Load(RepositoryFiles.Reference).Config!).ShouldBeEmpty();
    }

    private static AtlasConfig Parse(string text) => ConfigLoader.Parse(text, "f").Config.ShouldNotBeNull();
}
