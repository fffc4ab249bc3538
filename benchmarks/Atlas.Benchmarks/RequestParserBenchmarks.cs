using Atlas.Protocols.Http;
using Atlas.Protocols.Http1;
using BenchmarkDotNet.Attributes;

namespace Atlas.Benchmarks;

/// <summary>A request head in one piece, and in two.</summary>
public class RequestParserBenchmarks
{
    private readonly RequestHead _head = new();
    private readonly HttpLimits _limits = HttpLimits.Default;

    [Benchmark(Baseline = true)]
    public ParseStatus Small() => Parse(Heads.SmallRequest);

    [Benchmark]
    public ParseStatus Browser() => Parse(Heads.BrowserRequest);

    [Benchmark]
    public ParseStatus BrowserInTwoPieces()
    {
        RequestParser parser = default;
        parser.Parse(Heads.BrowserRequest.AsSpan(0, Heads.BrowserRequest.Length / 2), _head, _limits);
        return parser.Parse(Heads.BrowserRequest, _head, _limits);
    }

    private ParseStatus Parse(ReadOnlySpan<byte> bytes)
    {
        RequestParser parser = default;
        return parser.Parse(bytes, _head, _limits);
    }
}
