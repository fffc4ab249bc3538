using Atlas.Engine.Buffers;
using Atlas.Protocols.Http;
using Atlas.Protocols.Http2;
using Atlas.Proxy.Http2;

namespace Atlas.Proxy.Tests.Http2;

public sealed class ClientHttp2LimitsTests
{
    [Theory]
    [InlineData(16_384, 65_536, 128)]
    [InlineData(1_048_576, 65_536, 128)]
    [InlineData(256, 256, 1)]
    public void Limits_UpToTheDefaults_AreTheDefaults(int line, int headers, int count) =>
        ClientHttp2Limits.Of(new HttpLimits(line, headers, count)).ShouldBeSameAs(Http2Limits.Default);

    [Fact]
    public void Limits_Above_HaveRoomForTheHeadAndItsBlock()
    {
        Http2Limits limits = ClientHttp2Limits.Of(new HttpLimits(16_384, 131_072, 1_000));

        limits.HeaderListBytes.ShouldBe(147_456);
        limits.BlockBytes.ShouldBe(147_456);
        limits.HeaderCount.ShouldBe(1_000);

        // With the HEADERS frame before them.
        ((limits.ContinuationFrames + 1) * Http2Limits.FrameBytes).ShouldBeGreaterThanOrEqualTo(147_456);
    }

    [Fact]
    public void Limits_AboveWhatABufferHolds_AreCut()
    {
        Http2Limits limits = ClientHttp2Limits.Of(new HttpLimits(1 << 20, 16 << 20, 10_000));

        limits.HeaderListBytes.ShouldBe(ClientHttp2Limits.MaxHeaderListBytes);
        limits.HeaderListBytes.ShouldBeLessThan(BufferPool.LargeLength);
        limits.HeaderCount.ShouldBe(10_000);
    }
}
