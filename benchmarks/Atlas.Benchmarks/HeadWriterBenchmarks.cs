using Atlas.Protocols.Http;
using Atlas.Protocols.Http1;
using BenchmarkDotNet.Attributes;

namespace Atlas.Benchmarks;

/// <summary>Writing parsed heads anew, field by field, as forwarding does.</summary>
public class HeadWriterBenchmarks
{
    private readonly byte[] _destination = new byte[16 * 1024];
    private readonly RequestHead _request = new();
    private readonly ResponseHead _response = new();

    [GlobalSetup]
    public void Parse()
    {
        HttpLimits limits = HttpLimits.Default;
        RequestParser requests = default;
        ResponseParser responses = default;
        if (requests.Parse(Heads.BrowserRequest, _request, limits) != ParseStatus.Done
            || responses.Parse(Heads.Response, _response, HttpMethod.Get, limits) != ParseStatus.Done)
        {
            throw new InvalidOperationException("the heads do not parse");
        }
    }

    [Benchmark]
    public int BrowserRequest()
    {
        ReadOnlySpan<byte> buffer = Heads.BrowserRequest;
        var writer = new HeadWriter(_destination);
        writer.RequestLine(_request.MethodName.Of(buffer), _request.Path.Of(buffer), _request.HasQuery, _request.Query.Of(buffer));
        WriteFields(ref writer, buffer, _request.Headers);
        return writer.Written;
    }

    [Benchmark]
    public int Response()
    {
        ReadOnlySpan<byte> buffer = Heads.Response;
        var writer = new HeadWriter(_destination);
        writer.StatusLine(_response.Status);
        WriteFields(ref writer, buffer, _response.Headers);
        return writer.Written;
    }

    private static void WriteFields(ref HeadWriter writer, ReadOnlySpan<byte> buffer, HeaderTable headers)
    {
        foreach (ref readonly HeaderField field in headers.Fields)
        {
            writer.Field(field.Name.Of(buffer), field.Value.Of(buffer));
        }

        writer.End();
    }
}
