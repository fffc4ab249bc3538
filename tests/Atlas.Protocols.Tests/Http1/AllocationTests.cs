using Atlas.Protocols.Http;
using Atlas.Protocols.Http1;

namespace Atlas.Protocols.Tests.Http1;

/// <summary>Once the tables have grown, no message costs an allocation, not even one that is refused.</summary>
public sealed class AllocationTests
{
    private const int Rounds = 10_000;

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("GET http://[::1]:80/%41? HTTP/1.1\r\nHost: [::1]\r\nConnection: x, upgrade\r\nUpgrade: h2, u\r\nX_Y: z\r\n\r\n")]
    [InlineData("get / HTTP/1.1\r\n")]
    [InlineData("POST / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n")]
    [InlineData("POST / HTTP/1.1\r\nTransfer_Encoding: chunked\r\n")]
    public void RequestParser_Parse_AllocatesNothing(string text)
    {
        byte[] bytes = Bytes.Of(text);
        RequestHead head = new();
        HttpLimits limits = HttpLimits.Default;

        Measure(() =>
        {
            RequestParser parser = default;
            return parser.Parse(bytes, head, limits) == ParseStatus.NeedMore ? 0 : 1;
        });
    }

    [Theory]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5, 5\r\nContent-Length: 5\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\nHost: a\nX_Y: z\n\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n")]
    public void RequestParser_Repair_AllocatesNothing(string text)
    {
        byte[] bytes = Bytes.Of(text);
        RequestHead head = new();
        HttpLimits limits = HttpLimits.Default;

        Measure(() =>
        {
            RequestParser parser = default;
            return parser.Parse(bytes, head, limits, RequestRepairs.All) == ParseStatus.Done ? 1 : 0;
        });
    }

    [Fact]
    public void ResponseParser_Parse_AllocatesNothing()
    {
        byte[] bytes = Bytes.Of("HTTP/1.1 200 OK\r\nServer: x\r\nX: y\r\n z\r\nConnection: x\r\nContent-Length: 5\r\n\r\n");
        byte[] buffer = new byte[bytes.Length];
        ResponseHead head = new();
        HttpLimits limits = HttpLimits.Default;

        Measure(() =>
        {
            bytes.CopyTo(buffer, 0);
            ResponseParser parser = default;
            return parser.Parse(buffer, head, HttpMethod.Get, limits) == ParseStatus.Done ? 1 : 0;
        });
    }

    [Fact]
    public void ChunkedDecoder_Decode_AllocatesNothing()
    {
        byte[] bytes = Bytes.Of("5;a=\"b\"\r\nhello\r\n0\r\nX: y\r\n\r\n");
        byte[] buffer = new byte[bytes.Length];
        HeaderTable trailers = new();
        HttpLimits limits = HttpLimits.Trailers;

        Measure(() =>
        {
            ChunkedDecoder decoder = default;
            TrailerParser parser = default;
            trailers.Clear();
            ChunkStatus status = decoder.Decode(bytes, buffer, out int consumed, out _);
            return status == ChunkStatus.Trailers
                && parser.Parse(bytes.AsSpan(consumed), trailers, limits) == ParseStatus.Done ? 1 : 0;
        });
    }

    [Fact]
    public void HeadWriter_Write_AllocatesNothing()
    {
        byte[] buffer = new byte[512];

        Measure(() =>
        {
            HeadWriter writer = new(buffer);
            writer.StatusLine(200);
            writer.StatusLine(299);
            writer.Field(KnownHeader.ContentLength, 1234567);
            HttpDate.Write(784111777, buffer.AsSpan(200));
            ChunkWriter.WriteSizeLineBefore(buffer.AsSpan(300, 20), 77);
            return writer.Overflowed ? 0 : 1;
        });
    }

    private static void Measure(Func<int> work)
    {
        int done = 0;

        Allocations.Of(() =>
        {
            done = 0;
            for (int i = 0; i < Rounds; i++)
            {
                done += work();
            }
        }).ShouldBe(0);

        done.ShouldBe(Rounds);
    }
}
