using System.Globalization;
using Atlas.Core.Configuration;
using static Atlas.Core.Tests.Routing.Tables;

namespace Atlas.Core.Tests.Routing.Indexing;

/// <summary>Many routes that differ in one way, and for each the request that it alone takes.</summary>
internal sealed record RouteKinds(string Name, Func<int, MatchConfig> Route, Func<int, TestRequest> Request)
{
    public static readonly RouteKinds[] Indexed =
    [
        new("host", i => new() { Hosts = [Host($"h{N(i)}.test")] }, i => new($"H{N(i)}.test")),
        new("wildcard", i => new() { Hosts = [Host($"*.w{N(i)}.test")] }, i => new($"a.b.w{N(i)}.test")),
        new("path", i => new() { Paths = [Path($"/e/{N(i)}")] }, i => new(path: $"/e/{N(i)}")),
        new("prefix", i => new() { Paths = [Path($"/p/{N(i)}/*")] }, i => new(path: $"/p/{N(i)}/x/y")),
        new("anchored", i => new() { Paths = [Path($"~^/r/{N(i)}/[a-z]+$")] }, i => new(path: $"/r/{N(i)}/x")),
        new("contained", i => new() { Paths = [Path($"~/c[a-z]?/{N(i)}\\.php$")] }, i => new(path: $"/cd/{N(i)}.php")),
        new("contained-or", i => new() { Paths = [Path($"~/o/{N(i)}$|^/o/x{N(i)}/y$")] }, i => new(path: $"/o/{(i % 2 == 0 ? "" : "x")}{N(i)}{(i % 2 == 0 ? "" : "/y")}")),
        new("contained-in-header", i => new() { Headers = [Field("X-Agent", $"~ {N(i)}/[0-9]")] }, i => new(headers: ("x-agent", $"a/1 {N(i)}/2"))),
        new("header", i => new() { Paths = [Path("/h/*")], Headers = [Field("X-Tenant", $"t{N(i)}")] },
            i => new(path: "/h/", headers: [("accept", "*/*"), ("x-tenant", $"t{N(i)}")])),
        new("header-prefix", i => new() { Headers = [Field("Authorization", $"Key {N(i)}:*")] }, i => new(headers: ("authorization", $"Key {N(i)}:x"))),
        new("cookie", i => new() { Cookies = [Field("tenant", $"t{N(i)}")] }, i => new(headers: ("cookie", $"a=b; tenant=t{N(i)}"))),
        new("query", i => new() { Query = [Field("tenant", $"t {N(i)}")] }, i => new(query: $"a=b&tenant=t+{N(i)}")),
        new("client", i => new() { Clients = [Network($"10.{i / 256}.{i % 256}.0/24")] }, i => new(client: $"10.{i / 256}.{i % 256}.9")),
        new("two", i => new() { Hosts = [Host($"two{N(i / 100)}.test")], Paths = [Path($"/{N(i % 100)}/*")] },
            i => new($"two{N(i / 100)}.test", $"/{N(i % 100)}/x")),
    ];

    public static TheoryData<string> Names => [.. Indexed.Select(kind => kind.Name)];

    public static RouteKinds Of(string name) => Indexed.Single(kind => kind.Name == name);

    public override string ToString() => Name;

    private static string N(int i) => i.ToString(CultureInfo.InvariantCulture);
}
