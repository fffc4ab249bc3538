using System.Globalization;
using Atlas.Core.Configuration;
using Atlas.Core.Routing;
using CsCheck;
using static Atlas.Core.Tests.Routing.Tables;

namespace Atlas.Core.Tests.Routing.Indexing;

public sealed class RouteIndexTests
{
    private static readonly Gen<HostPattern> Hosts =
        Of("a.t", "b.t", "c.t", "x.a.t", "y.a.t", "*.a.t", "*.t", "*.x.a.t", "*.b.t", "t").Select(Host);

    private static readonly Gen<PathPattern> Paths = Of(
        "/", "/a", "/b", "/a/", "/a/*", "/b/*", "/a/b/*", "/a/b", "/a/b/c", "/a/b/c/*", "/*", "~b$", "~^/a/", "~^/a/b", "~^/a/b/c", "~^/b?/", "~^/(a|b)",
        @"~\.php$", "~/b", "~b/c", "~/a/b", "~/a.*/c", "~b+", "~(b/)?c", "~[ab]/c$", "~/c|/b", @"~/b|\.php", "~x|", "~/(a)/b", "~a/b{1,2}")
        .Select(Path);

    private static readonly Gen<FieldMatch> Fields = Gen.Select(
        Of("X", "x", "y"), Of("", "1", "2", "3", "12", "13", "123", "1*", "12*", "123*", "2*", "*", "!", "~2$", "~^12", "~^1?2", "~^1|3", "~23", "~12|3", "~2.?", "~1"),
        Field);

    private static readonly Gen<IpNetwork> Networks = Of(
        "10.0.0.0/8", "10.1.0.0/16", "10.1.1.0/24", "10.1.1.1", "10.1.1.2", "0.0.0.0/0", "::/0", "2001:db8::/32", "2001:db8::1").Select(Network);

    private static readonly Gen<(string, string)> Pairs = Gen.Select(Of("x", "X", "y"), Of("", "1", "2", "3", "12", "13", "123", "1234"));

    private static readonly Gen<RequestText> Requests = Gen.Select(
        Of("a.t", "A.t.", "b.t", "c.t", "x.A.t", "y.a.t", "z.x.a.t", ".t", "t", "", "q"),
        Of("/", "/a", "/b", "/a/", "/b/", "/a/b", "/a/b/", "/a/b/c", "/a/b/c/d", "/c/b", "/b/b", "*", "/x.php", "/a/b.php", "/a/x.phpx", "/x/a/b/a/b/c"),
        Pairs.Array[0, 3],
        Of("GET", "PUT", "get"),
        Of("", "10.1.1.1", "10.1.1.9", "10.9.9.9", "::ffff:10.1.1.2", "11.0.0.0", "2001:db8::1", "2001:db8::2", "fe80::1"),
        Pairs.Array[0, 3],
        Pairs.Array[0, 3],
        (host, path, query, method, client, headers, cookies) => new RequestText(host, path, query, method, client, headers, cookies));

    // Conditions that most routes of a table have are the ones that it is divided by, so each table has its own likelihoods.
    private static readonly Gen<MatchConfig[]> Routes = Gen.Int[0, 4].Array[7].SelectMany(often => Gen.Select(
        Some(Hosts, often[0]),
        Some(Paths, often[1]),
        Some(Of("GET", "PUT", "POST", "HEAD"), often[2]),
        Some(Networks, often[3]),
        Some(Fields, often[4]),
        Some(Fields, often[5]),
        Some(Fields, often[6]),
        (hosts, paths, methods, clients, headers, cookies, query) => new MatchConfig
        {
            Hosts = [.. hosts],
            Paths = [.. paths],
            Methods = [.. methods],
            Clients = [.. clients],
            Headers = [.. headers],
            Cookies = [.. cookies],
            Query = [.. query],
        }).Array[0, 120]);

    [Fact]
    public void Find_AnyRoutesAndRequest_IsTheFirstThatAScanFinds() => Gen.Select(Routes, Requests.Array[20]).Sample((routes, requests) =>
    {
        RouteTable table = RouteTable.Compile(routes);
        var scratch = new RouteScratch();
        foreach (RequestText request in requests)
        {
            TestRequest bytes = request.ToRequest();
            int expected = ReferenceTable.Find(routes, request);

            table.Find(bytes, scratch).ShouldBe(expected, $"{bytes.Text}: {(expected < 0 ? null : routes[expected])}");
            Array.FindIndex(table.Explain(ref bytes, bytes.Path), verdict => verdict.IsMatch).ShouldBe(expected, bytes.Text);
        }
    });

    [Theory]
    [MemberData(nameof(RouteKinds.Names), MemberType = typeof(RouteKinds))]
    public void Find_ThousandsOfRoutes_ComparesNoMoreThanWithHundreds(string kind)
    {
        long few = MostCompared(RouteKinds.Of(kind), 500);
        long many = MostCompared(RouteKinds.Of(kind), 10_000);

        many.ShouldBeLessThanOrEqualTo(Math.Max(few, 16));
    }

    [Fact]
    public void Find_RoutesOfAllKindsInOneTable_ComparesFew()
    {
        RouteKinds[] kinds = [.. RouteKinds.Indexed];
        MatchConfig[] routes = [.. Enumerable.Range(0, 1000).SelectMany(i => kinds.Select(kind => kind.Route(i)))];
        RouteTable table = RouteTable.Compile(routes);
        var scratch = new RouteScratch();

        for (int i = 0; i < routes.Length; i += 37)
        {
            long before = scratch.Compared;
            table.Find(kinds[i % kinds.Length].Request(i / kinds.Length), scratch).ShouldBe(i);
            (scratch.Compared - before).ShouldBeLessThanOrEqualTo(16 * kinds.Length);
        }
    }

    [Fact]
    public void MostCompared_RoutesThatNothingTellsApart_IsHowManyTheyAre()
    {
        RouteTable alike = RouteTable.Compile([.. Enumerable.Range(0, 30).Select(i => new MatchConfig { Paths = [Path(Text($"~[{i % 10}a]/"))] })]);
        RouteTable apart = RouteTable.Compile([.. Enumerable.Range(0, 30).Select(i => new MatchConfig { Paths = [Path(Text($"~/r{i}/"))] })]);
        RouteTable both = RouteTable.Compile([
            .. Enumerable.Range(0, 20).Select(i => new MatchConfig { Paths = [Path(Text($"~/r{i}/"))] }),
            .. Enumerable.Range(0, 12).Select(i => new MatchConfig { Paths = [Path("~[a-z]")] }),
        ]);

        alike.MostCompared.ShouldBe(30);
        apart.MostCompared.ShouldBe(1);
        both.MostCompared.ShouldBe(13);
        RouteTable.Compile([]).MostCompared.ShouldBe(0);
    }

    [Theory]
    [MemberData(nameof(RouteKinds.Names), MemberType = typeof(RouteKinds))]
    public void Find_OnceGrown_AllocatesNothing(string name)
    {
        RouteKinds kind = RouteKinds.Of(name);
        RouteTable table = RouteTable.Compile([.. Enumerable.Range(0, 300).Select(kind.Route)]);
        TestRequest[] requests = [.. Enumerable.Range(0, 310).Select(kind.Request)];
        var scratch = new RouteScratch();
        int found = 0;

        Allocations.Of(() =>
        {
            found = 0;
            foreach (TestRequest request in requests)
            {
                found += table.Find(request, scratch) >= 0 ? 1 : 0;
            }
        }).ShouldBe(0);

        found.ShouldBe(300);
    }

    [Fact]
    public void Compile_RoutesWithLongListsOfEverything_StaysSmallAndRight()
    {
        MatchConfig[] routes =
        [
            .. Enumerable.Range(0, 400).Select(i => new MatchConfig
            {
                Hosts = [.. Enumerable.Range(0, 256).Select(j => Host(Text($"h{j}-{i % 20}.test")))],
                Paths = [.. Enumerable.Range(0, 256).Select(j => Path(Text($"/p{j}/{i / 20}")))],
            }),
        ];
        RouteTable table = RouteTable.Compile(routes);

        table.Find(new TestRequest("h255-19.test", "/p255/19")).ShouldBe(399);
        table.Find(new TestRequest("h0-3.test", "/p7/5")).ShouldBe(103);
        table.Find(new TestRequest("h0-3.test", "/p7/50")).ShouldBe(-1);
    }

    private static long MostCompared(RouteKinds kind, int count)
    {
        RouteTable table = RouteTable.Compile([.. Enumerable.Range(0, count).Select(kind.Route)]);
        var scratch = new RouteScratch();
        long most = 0;
        for (int i = 0; i < count; i += 7)
        {
            long before = scratch.Compared;
            table.Find(kind.Request(i), scratch).ShouldBe(i);
            most = Math.Max(most, scratch.Compared - before);
        }

        table.Find(kind.Request(count)).ShouldBe(-1);
        return most;
    }

    private static Gen<string> Of(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(i => texts[i]);

    // Up to two of them, in so many of four routes.
    private static Gen<T[]> Some<T>(Gen<T> element, int often) =>
        Gen.Int[0, 3].SelectMany(i => i < often ? element.Array[1, 2] : Gen.Const(Array.Empty<T>()));

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
