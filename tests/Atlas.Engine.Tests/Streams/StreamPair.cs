using Atlas.Engine.Flows;
using Atlas.Engine.Streams;

namespace Atlas.Engine.Tests.Streams;

/// <summary>Two streams that are connected to each other.</summary>
public static class StreamPair
{
    public static async ResultFlow<(ByteStream Near, ByteStream Far)> ConnectAsync(IStreamWorld world)
    {
        var acceptor = new Acceptor(world.Loop);
        SocketAddress address = world.Listen(acceptor);
        ConnectResult result = await world.Loop.ConnectAsync(address, world.Loop.NowMs + 10_000);
        result.Error.ShouldBe(0);
        return (result.Stream.ShouldNotBeNull(), await acceptor.NextAsync());
    }
}
