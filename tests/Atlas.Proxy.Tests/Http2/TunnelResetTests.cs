using Atlas.Engine.Flows;
using Atlas.Engine.Streams;
using Atlas.Proxy.Tests.Sessions;
using Atlas.Simulation;

namespace Atlas.Proxy.Tests.Http2;

/// <summary>Tunnels whose client breaks off while the proxy waits for something else than the client.</summary>
public sealed class TunnelResetTests
{
    // More than the server's machine takes.
    private const int Blocking = 8_000;

    private const string Upgrade = "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
    private const string Switching = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";

    // HEADERS that end the head: :method CONNECT, :protocol websocket, :scheme http, :path /, :authority a (RFC 8441 4).
    private static readonly byte[] Connect =
    [
        0, 0, 35, 1, 4, 0, 0, 0, 1,
        0x02, 7, .. "CONNECT"u8, 0x00, 9, .. ":protocol"u8, 9, .. "websocket"u8, 0x86, 0x84, 0x01, 1, (byte)'a',
    ];

    [Fact]
    public void Stream_ResetWhileTheServerTakesNothing_EndsAtOnce() =>
        RunHttp2([0, Blocking >> 8, Blocking & 0xff, 0, 0, 0, 0, 0, 1, .. new byte[Blocking]]);

    // The end of the client's direction alone leaves the other one.
    [Fact]
    public void Stream_ResetAfterItsEndWhileTheServerIsSilent_EndsAtOnce() => RunHttp2([0, 0, 0, 0, 1, 0, 0, 0, 1]);

    [Fact]
    public void Connection_ResetWhileTheServerTakesNothing_EndsAtOnce() => Run(async world =>
    {
        (ByteStream client, WireReader reader) = await world.ConnectAsync();
        await client.SendAllAsync(ProxyWorld.Bytes(Upgrade));
        (await reader.ResponseAsync("GET")).ShouldNotBeNull().Status.ShouldBe(101);
        world.Guard(async () => await client.SendAllAsync(new byte[Blocking]));
        await world.DelayAsync(1_000);
        return async () => client.Abort();
    });

    private static void RunHttp2(byte[] content) => Run(async world =>
    {
        (ByteStream client, WireReader _) = await world.ConnectAsync();
        await client.SendAllAsync([.. ClientFrames.Opening, .. Connect]);
        await world.DelayAsync(1_000);
        await client.SendAllAsync(content);
        await world.DelayAsync(1_000);
        return async () => await client.SendAllAsync(ClientFrames.Reset(1));
    });

    // The server stays, and neither takes nor says anything.
    private static void Run(Func<ProxyWorld, ResultFlow<Func<Flow>>> begin) => ProxyWorld.ForSeeds(
        1,
        seed => new ProxyWorld(seed, SimulationOptions.Calm with { Window = 1_000 }),
        async world =>
        {
            ByteStream? server = null;
            bool isOver = false;
            world.Server.Script = async turn =>
            {
                await turn.SendAsync(Switching);
                server = turn.Stream;
                while (!isOver)
                {
                    await world.DelayAsync(10);
                }
            };

            Func<Flow> reset = await begin(world);
            server.ShouldNotBeNull().IsBroken.ShouldBeFalse();
            world.Server.State.Balancing.Active.ShouldBe(1);
            await reset();
            await world.DelayAsync(1_000);

            world.Server.State.Balancing.Active.ShouldBe(0);
            server.IsBroken.ShouldBeTrue();
            isOver = true;
        });
}
