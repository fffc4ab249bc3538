using Atlas.Protocols.Http;
using Atlas.Protocols.Http1;
using BenchmarkDotNet.Attributes;

namespace Atlas.Benchmarks;

/// <summary>A response head in one piece.</summary>
public class ResponseParserBenchmarks
{
    private readonly ResponseHead _head = new();
    private readonly HttpLimits _limits = HttpLimits.Default;

    [Benchmark]
    public ParseStatus Response()
    {
        ResponseParser parser = default;
        return parser.Parse(Heads.Response, _head, HttpMethod.Get, _limits);
    }
}
