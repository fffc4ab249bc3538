using System.Text;
using Atlas.Core.Configuration;
using Atlas.Core.Routing;
using CsCheck;
using static Atlas.Core.Tests.Routing.Tables;

namespace Atlas.Core.Tests.Routing.Indexing;

/// <summary>Keys at and past their limits, and requests made to be slow.</summary>
public sealed class RouteLimitTests
{
    // Past 1024 bytes texts are no keys, and past 256 hosts; the routes are found nevertheless.
    [Theory]
    [InlineData(1024)]
    [InlineData(1025)]
    public void Find_ManyRoutesWithLongKeys_AreFound(int length)
    {
        string[] texts = [.. Enumerable.Range(0, 40).Select(i => new string('a', length - 3) + $"{i:d3}")];
        RouteTable paths = Of([.. texts.Select(text => new MatchConfig { Paths = [Path("/" + text[1..])] })]);
        RouteTable prefixes = Of([.. texts.Select(text => new MatchConfig { Paths = [Path("/" + text[2..] + "/*")] })]);
        RouteTable headers = Of([.. texts.Select(text => new MatchConfig { Headers = [Field("x", text)] })]);
        RouteTable starts = Of([.. texts.Select(text => new MatchConfig { Headers = [Field("x", text + "*")] })]);

        paths.Find(new TestRequest(path: "/" + texts[30][1..])).ShouldBe(30);
        prefixes.Find(new TestRequest(path: "/" + texts[31][2..] + "/x")).ShouldBe(31);
        headers.Find(new TestRequest(headers: ("x", texts[32]))).ShouldBe(32);
        starts.Find(new TestRequest(headers: ("x", texts[33] + "y"))).ShouldBe(33);
    }

    [Theory]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(257)]
    [InlineData(600)]
    public void Find_LongHost_IsFound(int length)
    {
        string[] names = [.. Enumerable.Range(0, 40).Select(i => new string('a', length - 4) + $".{i:d3}")];
        RouteTable exact = Of([.. names.Select(name => new MatchConfig { Hosts = [Host(name)] })]);
        RouteTable wildcards = Of([.. Enumerable.Range(0, 40).Select(i => new MatchConfig { Hosts = [Host($"*.{i:d3}")] })]);

        exact.Find(new TestRequest(names[30])).ShouldBe(30);
        wildcards.Find(new TestRequest(names[31].ToUpperInvariant())).ShouldBe(31);
        wildcards.Find(new TestRequest("é." + names[31])).ShouldBe(31);
    }

    [Fact]
    public void Find_MorePrefixLengthsThanAreLookedUp_FindsAll()
    {
        RouteTable table = Of([.. Enumerable.Range(1, 60).Select(i => new MatchConfig { Headers = [Field("x", new string('a', i) + "b*")] })]);

        for (int i = 1; i <= 60; i++)
        {
            table.Find(new TestRequest(headers: ("x", new string('a', i) + "bc"))).ShouldBe(i - 1);
        }
    }

    [Fact]
    public void Find_MoreConditionsThanAreDividedBy_FindsAll()
    {
        MatchConfig[] routes = [.. Enumerable.Range(0, 40).SelectMany(i => Enumerable.Range(0, 20).Select(j =>
            new MatchConfig { Headers = [Field($"x-{i}", $"{j}")] }))];
        RouteTable table = Of(routes);

        for (int i = 0; i < routes.Length; i++)
        {
            table.Find(new TestRequest(headers: ($"X-{i / 20}", $"{i % 20}"))).ShouldBe(i);
        }
    }

    /// <summary>Whether padding is refused does not depend on how many routes there are, and so on the shape of the index: the first
    /// route that padding might hide decides, whatever others have the same names.</summary>
    [Fact]
    public void Find_MoreThanTheLimits_IsUndecidedAsIfRoutesWereComparedOneByOne()
    {
        // Values that differ, so that tables are divided by them, and not by hosts and paths.
        Gen<FieldMatch[]> fields = OneOf("1", "2", "3", "4", "5", "6*", "!").Select(value => Field("a", value)).Array[0, 1];
        Gen<MatchConfig> match = Gen.Select(Gen.Int[0, 2], fields, fields, fields, (path, headers, cookies, query) => new MatchConfig
        {
            Hosts = [Host("a.test")],
            Paths = path == 0 ? [] : [Path($"/{path}")],
            Headers = [.. headers],
            Cookies = [.. cookies],
            Query = [.. query],
        });
        Gen<int> repeats = OneOf(0, 1, FieldCursor.MaxRepeats, FieldCursor.MaxRepeats + 1);
        Gen<TestRequest> request = Gen.Select(
            OneOf("a.test", "b.test"), Gen.Int[1, 2], Gen.Int[1, 6], repeats, repeats, repeats, (host, path, value, headers, cookies, query) =>
                new TestRequest(
                    host,
                    $"/{path}",
                    string.Join('&', Enumerable.Repeat($"a={value}", query)),
                    headers: [.. Enumerable.Repeat(("a", $"{value}"), headers), ("cookie", string.Join(';', Enumerable.Repeat($"a={value}", cookies)))]));

        Gen.Select(match.Array[1, 60], request).Sample((routes, asked) =>
        {
            int expected = routes.Select((route, i) => Of(route).Find(asked) is int found && found == 0 ? i : found)
                .FirstOrDefault(found => found != -1, -1);

            Of(routes).Find(asked).ShouldBe(expected);
        });
    }

    [Theory]
    [InlineData("a.test", "1", RouteTable.Undecided)]
    [InlineData("a.test", "2", -1)]
    [InlineData("b.test", "1", -1)]
    public void Find_PaddingThatOtherConditionsMakeNoDifferenceTo_IsRefusedInTablesOfAnySize(string host, string query, int route)
    {
        for (int routes = 1; routes <= 40; routes++)
        {
            RouteTable table = Of([.. Enumerable.Range(0, routes).Select(i => new MatchConfig
            {
                Hosts = [Host("a.test")], Cookies = [Field("x", $"{i}")], Query = [Field("y", "1")],
            })]);
            string padding = string.Join(';', Enumerable.Repeat("p=1", FieldCursor.MaxParts + 1));

            table.Find(new TestRequest(host, query: $"y={query}", headers: ("cookie", padding))).ShouldBe(route, $"{routes} routes");
        }
    }

    /// <summary>Repeats of what a set is found by do not multiply comparisons past the limit of repeats.</summary>
    [Theory]
    [InlineData("", RouteTable.Undecided, FieldCursor.MaxRepeats + 1)]
    [InlineData("c", -1, FieldCursor.MaxRepeats + 1000)]
    public void Find_FieldsRepeatedByAHostileClient_ComparesWithinBounds(string header, int route, int compared)
    {
        RouteTable table = Of([.. Enumerable.Range(0, 1000).Select(i => new MatchConfig
        {
            Cookies = [Field("a", $"{i}")], Query = [Field("b", "1")], Headers = header.Length > 0 ? [Field(header, "1")] : [],
        })]);
        string cookies = string.Concat(Enumerable.Repeat("a=7;", 16_000));
        var request = new TestRequest(headers: ("cookie", cookies), query: string.Concat(Enumerable.Repeat("%62=0&", 2000)));
        var scratch = new RouteScratch();

        table.Find(request, scratch).ShouldBe(route);

        scratch.Compared.ShouldBeLessThanOrEqualTo(compared);
    }

    [Fact]
    public void Normalize_AnyStatus_AllocatesNothing()
    {
        byte[][] paths = [.. new[] { "/a/b", "//a/./b/../%41", "/a%2fb", "/a%", "/a//..", "*", "" }.Select(Encoding.ASCII.GetBytes)];
        byte[] scratch = new byte[64];

        Allocations.Of(() =>
        {
            for (int i = 0; i < 1000; i++)
            {
                RequestPath.Normalize(paths[i % paths.Length], (EncodedSlashPolicy)(i % 3), scratch, out _);
            }
        }).ShouldBe(0);
    }

    private static Gen<T> OneOf<T>(params T[] all) => Gen.Int[0, all.Length - 1].Select(i => all[i]);
}
