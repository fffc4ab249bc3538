using System.Globalization;
using System.Net;
using System.Text;
using Atlas.Core.Configuration;
using Atlas.Core.Routing;
using BenchmarkDotNet.Attributes;

namespace Atlas.Benchmarks;

/// <summary>
/// Finding the route of a request among many that differ in one way; the requests go through all of them. The request has
/// ten other header fields, as a browser's.
/// </summary>
public class RouteTableBenchmarks
{
    private const int Requests = 1024;

    private readonly RouteScratch _scratch = new();
    private readonly BenchRequest[] _requests = new BenchRequest[Requests];
    private RouteTable _table = null!;
    private int _next;

    public enum Kind
    {
        Host,
        Wildcard,
        Path,
        Prefix,
        Header,
        Cookie,
        Query,
        Client,
        HostAndPrefix,
        AnchoredRegex,
        AnyRegex,
        SuffixRegex,
        HeaderRegex,
    }

    public static IEnumerable<Case> Cases =>
        from routes in new[] { 1, 10, 100, 10_000 }
        from kind in Enum.GetValues<Kind>()
        select new Case(routes, kind);

    [ParamsSource(nameof(Cases))]
    public Case Routes { get; set; }

    private Kind By => Routes.By;

    [GlobalSetup]
    public void Make()
    {
        _table = RouteTable.Compile([.. Enumerable.Range(0, Routes.Count).Select(Route)]);
        for (int i = 0; i < Requests; i++)
        {
            int route = (int)((long)i * 7919 % Routes.Count);
            _requests[i] = Request(route);
            if (_table.Find(ref _requests[i], _requests[i].Path, _scratch) != route)
            {
                throw new InvalidOperationException("Not the route that was meant.");
            }
        }
    }

    [Benchmark]
    public int Find()
    {
        ref BenchRequest request = ref _requests[_next++ % Requests];
        return _table.Find(ref request, request.Path, _scratch);
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static PathPattern Path(PathPatternKind kind, FormattableString text) => new(kind, Text(text));

    private static FieldMatch Tenant(int i) => new("tenant", new ValuePattern(ValuePatternKind.Exact, Text($"t{i}")));

    private static IpNetwork Network(int i) => IpNetwork.Create(new IPAddress([10, (byte)(i >> 8), (byte)i, 0]), 24);

    private MatchConfig Route(int i) => By switch
    {
        Kind.Host => new() { Hosts = [new(Text($"host{i}.example.com"), IsWildcard: false)] },
        Kind.Wildcard => new() { Hosts = [new(Text($".host{i}.example.com"), IsWildcard: true)] },
        Kind.Path => new() { Paths = [Path(PathPatternKind.Exact, $"/api/v1/resource{i}")] },
        Kind.Prefix => new() { Paths = [Path(PathPatternKind.Prefix, $"/api/service{i}/")] },
        Kind.Header => new() { Headers = [Tenant(i)] },
        Kind.Cookie => new() { Cookies = [Tenant(i)] },
        Kind.Query => new() { Query = [Tenant(i)] },
        Kind.Client => new() { Clients = [Network(i)] },
        Kind.HostAndPrefix => new()
        {
            Hosts = [new(Text($"host{i / 100}.example.com"), IsWildcard: false)],
            Paths = [Path(PathPatternKind.Prefix, $"/api/service{i % 100}/")],
        },
        Kind.AnchoredRegex => new() { Paths = [Path(PathPatternKind.Regex, $"^/api/service{i}/[a-z]+$")] },
        Kind.AnyRegex => new() { Paths = [Path(PathPatternKind.Regex, $"/resource{i}$")] },
        Kind.SuffixRegex => new() { Paths = [Path(PathPatternKind.Regex, $@"/v[0-9]+/item{i}(/[^/]*)?\.(html?|php)$")] },
        Kind.HeaderRegex or _ => new() { Headers = [new("tenant", new ValuePattern(ValuePatternKind.Regex, Text($"(^|,)t{i}(,|$)")))] },
    };

    private BenchRequest Request(int i) => By switch
    {
        Kind.Host => new(Text($"host{i}.example.com"), "/"),
        Kind.Wildcard => new(Text($"www.host{i}.example.com"), "/"),
        Kind.Path or Kind.AnyRegex => new("example.com", Text($"/api/v1/resource{i}")),
        Kind.SuffixRegex => new("example.com", Text($"/api/v1/item{i}/index.html")),
        Kind.Header or Kind.HeaderRegex => new("example.com", "/", header: ("Tenant", Text($"t{i}"))),
        Kind.Cookie => new("example.com", "/", header: ("Cookie", Text($"session=0123456789abcdef; theme=dark; tenant=t{i}"))),
        Kind.Query => new("example.com", "/", query: Text($"page=2&sort=name&tenant=t{i}")),
        Kind.Client => new("example.com", "/", client: [10, (byte)(i >> 8), (byte)i, 7]),
        Kind.HostAndPrefix => new(Text($"host{i / 100}.example.com"), Text($"/api/service{i % 100}/users/12")),
        Kind.Prefix or Kind.AnchoredRegex or _ => new("example.com", Text($"/api/service{i}/users")),
    };

    public readonly record struct Case(int Count, Kind By)
    {
        public override string ToString() => Text($"{Count} by {By}");
    }

    private readonly struct BenchRequest(string host, string path, string query = "", byte[]? client = null, (string Name, string Value) header = default)
        : IRouteRequest
    {
        private static readonly string[] Usual =
        [
            "host", "user-agent", "accept", "accept-encoding", "accept-language", "referer", "sec-fetch-mode", "sec-fetch-site", "dnt", "priority",
        ];

        private readonly byte[] _host = Encoding.ASCII.GetBytes(host);
        private readonly byte[] _query = Encoding.ASCII.GetBytes(query);
        private readonly byte[] _client = client ?? [127, 0, 0, 1];
        private readonly byte[] _value = Encoding.ASCII.GetBytes(header.Value ?? "");
        private readonly byte[][] _names = [.. Usual.Append(header.Name ?? "x-none").Select(Encoding.ASCII.GetBytes)];

        public byte[] Path { get; } = Encoding.ASCII.GetBytes(path);

        public ReadOnlySpan<byte> Host => _host;

        public ReadOnlySpan<byte> Query => _query;

        public ReadOnlySpan<byte> Method => "GET"u8;

        public ReadOnlySpan<byte> Client => _client;

        public int FindHeader(scoped ReadOnlySpan<byte> name, int start)
        {
            for (int i = start; i < _names.Length; i++)
            {
                if (_names[i].Length == name.Length && Ascii.EqualsIgnoreCase(_names[i], name))
                {
                    return i;
                }
            }

            return -1;
        }

        public ReadOnlySpan<byte> HeaderValue(int place) => _value;
    }
}
