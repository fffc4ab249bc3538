using System.Text;
using Atlas.Core.Routing;
using BenchmarkDotNet.Attributes;

namespace Atlas.Benchmarks;

/// <summary>Bringing a path into the form that routes compare: a usual one, and ones in which something is to be done.</summary>
public class RequestPathBenchmarks
{
    private readonly byte[] _scratch = new byte[256];
    private byte[] _raw = null!;

    [Params("/api/v1/users/12345/orders", "/.well-known/acme-challenge/token", "/a%20file/in/%7Efolder", "//a/./b/../c")]
    public string Path { get; set; } = "";

    [GlobalSetup]
    public void Make() => _raw = Encoding.ASCII.GetBytes(Path);

    [Benchmark]
    public int Normalize()
    {
        RequestPath.Normalize(_raw, EncodedSlashPolicy.Keep, _scratch, out ReadOnlySpan<byte> path);
        return path.Length;
    }
}
