using Atlas.Engine.Flows;
using Atlas.Engine.Streams;
using Atlas.Simulation;

namespace Atlas.Proxy.Tests.Sessions;

/// <summary>Clients that leave at each phase of an exchange.</summary>
public sealed class LeavingClientTests
{
    private const int Seeds = 100;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Session_TheClientLeavesWithinItsRequest_EndsAtOnce(bool aborts) => ProxyWorld.ForSeeds(
        Seeds,
        seed => new ProxyWorld(seed),
        async world =>
        {
            byte[] request = Request(world);
            (ByteStream client, _) = await world.ConnectAsync();
            await client.SendAllAsync(request[..world.Random.Next(request.Length)]);
            await world.DelayAsync(world.Random.Next(50));
            await LeaveAsync(world, client, aborts);
        });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Session_TheClientLeavesWhileItWaits_TheServerIsLetGoAtOnce(bool aborts) => ProxyWorld.ForSeeds(
        Seeds,
        seed => new ProxyWorld(seed),
        async world =>
        {
            var asked = new LoopSignal(world.Loop);
            world.Server.Script = async turn =>
            {
                asked.Set();
                (await turn.Reader.ToEndAsync()).ShouldBeEmpty();
            };
            (ByteStream client, _) = await world.ConnectAsync();
            await client.SendAllAsync(Request(world));
            await asked;
            await world.DelayAsync(world.Random.Next(50));
            await LeaveAsync(world, client, aborts);
            await world.DelayAsync(1_000);
            world.Server.Listener.Connections.ShouldBe(0, "the server must learn that nobody waits");
        });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Session_TheClientLeavesWithinTheResponse_TheServerIsLetGoAtOnce(bool aborts) => ProxyWorld.ForSeeds(
        Seeds,
        seed => new ProxyWorld(seed),
        async world =>
        {
            // More than all windows and buffers on the way hold.
            byte[] piece = new byte[50_000];
            world.Server.Script = async turn =>
            {
                await turn.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n");
                while (await turn.Stream.SendAllAsync(piece))
                {
                    // Until the proxy lets go.
                }

                turn.Stream.Close();
            };
            (ByteStream client, WireReader reader) = await world.ConnectAsync();
            await client.SendAllAsync(Request(world));
            await reader.HeadAsync();
            await reader.BytesAsync(world.Random.Next(world.Network.Options == SimulationOptions.ByteByByte ? 500 : 100_000));
            await LeaveAsync(world, client, aborts);
            await world.DelayAsync(1_000);
            world.Server.Listener.Connections.ShouldBe(0, "the server must learn that nobody reads");
        });

    private static byte[] Request(ProxyWorld world) => world.Random.Next(3) switch
    {
        0 => ProxyWorld.Bytes("GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
        1 => ProxyWorld.Bytes("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 300\r\n\r\n" + new string('x', 300)),
        _ => ProxyWorld.Bytes("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n64\r\n" + new string('x', 100)
            + "\r\n1\r\ny\r\n0\r\nX: y\r\n\r\n"),
    };

    private static async Flow LeaveAsync(ProxyWorld world, ByteStream client, bool aborts)
    {
        if (aborts)
        {
            client.Abort();
        }
        else
        {
            client.Close();
        }

        await world.DelayAsync(1_000);
        world.Sessions.ShouldBe(0, "nothing waits for a timeout");
        world.Loop.Buffers.Lent.ShouldBe(0);
    }
}
