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

    [Theory]
    [InlineData("a: { store: here,", "a: { ttl: 1h, store: here,", "session a: changed ttl")]
    [InlineData("a: { store: here,", "a: { store: there,", "session a: changed store: LOST")]
    [InlineData("a: { store: here,", "c: { store: here,", "session a: removed: LOST; session c: added")]
    [InlineData("{ name: a }", "{ name: aa }", "session a: changed cookie: LOST")]
    [InlineData("{ name: a }", "{ name: a, secure: true }", "session a: changed cookie")]
    [InlineData("here: { type: memory }", "here: { max_memory: 1MiB }", "store here: changed max_memory")]
    [InlineData("here: { type: memory }", "here: { type: redis, url: redis://h }", "store here: changed type, url; session a: changed store: LOST")]
    [InlineData("redis://h:1/2", "redis://h:1/3", "store there: changed url; session b: changed store: LOST")]
    [InlineData("redis://h:1/2", "redis://i:1/2", "store there: changed url; session b: changed store: LOST")]
    [InlineData("redis://h:1/2", "redis://h:2/2", "store there: changed url; session b: changed store: LOST")]
    [InlineData("redis://h:1/2", "rediss://h:2/2", "store there: changed url")]
    [InlineData("redis://h:1/2", "redis://h:1/2, timeout: 50ms", "store there: changed timeout")]
    [InlineData("redis://h:1/2", "redis://u@h:1/2, password: { file: p }", "store there: changed url, password")]
    [InlineData("  there: {", "  other: { type: redis, url: redis://h:1/2 }\n  there: {", "store other: added")]
    [InlineData("b: { store: there,", "b: { store: same,", "session b: changed store")]
    public void Between_OneEdit_SaysWhatSessionsAreLost(string from, string to, string changes)
    {
        const string before = Before + """

            stores:
              here: { type: memory }
              there: { type: redis, url: redis://h:1/2 }
              same: { type: redis, url: redis://H:1/2 }
            sessions:
              a: { store: here, cookie: { name: a } }
              b: { store: there, cookie: { name: b } }
            """;
        before.ShouldContain(from);

        var found = ConfigDiff.Between(Parse(before), Parse(before.Replace(from, to, StringComparison.Ordinal)));

        string.Join("; ", found).Replace("the sessions of before are not taken along", "LOST", StringComparison.Ordinal).ShouldBe(changes);
    }

    [Fact]
    public void Between_ReferenceAndItself_IsNothing()
    {
        var reference = ConfigLoader.Load(RepositoryFiles.Reference).Config!;

        ConfigDiff.Between(reference, ConfigLoader.Load(RepositoryFiles.Reference).Config!).ShouldBeEmpty();
    }

    private static AtlasConfig Parse(string text) => ConfigLoader.Parse(text, "f").Config.ShouldNotBeNull();
}
