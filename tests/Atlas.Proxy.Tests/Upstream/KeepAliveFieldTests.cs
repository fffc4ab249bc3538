using Atlas.Protocols.Http1;
using Atlas.Proxy.Upstream;

namespace Atlas.Proxy.Tests.Upstream;

public sealed class KeepAliveFieldTests
{
    [Theory]
    [InlineData("timeout=5", 4_000)]
    [InlineData("timeout=5, max=100", 4_000)]
    [InlineData("max=100, timeout=65", 64_000)]
    [InlineData("timeout=1", 0)]
    [InlineData("timeout=0", 0)]
    [InlineData("max=100", int.MaxValue)]
    [InlineData("timeout=", int.MaxValue)]
    [InlineData("timeout=5x", int.MaxValue)]
    [InlineData("timeout=-5", int.MaxValue)]
    [InlineData("timeout=3601", int.MaxValue)]
    [InlineData("timeout=99999999999", int.MaxValue)]
    public void IdleMs_Field_IsASecondBelowTheTimeout(string value, int expectedMs)
    {
        ResponseHead head = Heads.Response($"HTTP/1.1 200 OK\nContent-Length: 0\nKeep-Alive: {value}", out byte[] bytes);

        KeepAliveField.IdleMs(bytes, head).ShouldBe(expectedMs);
    }

    [Fact]
    public void IdleMs_NoField_KnowsNothing()
    {
        ResponseHead head = Heads.Response("HTTP/1.1 200 OK\nContent-Length: 0", out byte[] bytes);

        KeepAliveField.IdleMs(bytes, head).ShouldBe(int.MaxValue);
    }
}
