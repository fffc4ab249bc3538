using System.Text;
using Atlas.Engine.Streams;
using Atlas.Proxy.Tests.Sessions;
using Atlas.Simulation;

namespace Atlas.Proxy.Tests.Http2;

/// <summary>Tunnels that end in order.</summary>
public sealed class TunnelEndTests
{
    private const string Upgrade = "GET /ws HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

    // Around what fills the buffer of a connection that takes no more, so that there is no room for the frame of the end.
    public static TheoryData<int> Lengths() => [.. Enumerable.Range(0, 24).Select(i => 14_000 + (i * 125))];

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Tunnel_ThatEndsWhileTheServerTakesNoMore_IsNotReset(int length) => ProxyWorld.ForSeeds(
        1,
        seed => Http2World.Make(seed, options: SimulationOptions.Calm with { Window = 1_000 }),
        async world =>
        {
            FrameRequest? tunnel = null;
            string received = "";
            bool hasEnded = false;
            bool isHeld = false;
            List<FramePeer> peers = Http2World.Speak(world.Server, (_, _) => { }, (peer, request) =>
            {
                tunnel = request;
                request.OnContent = (content, isEnd) =>
                {
                    received += content;
                    hasEnded |= isEnd;
                };
                peer.Pause = async () =>
                {
                    while (isHeld)
                    {
                        await world.DelayAsync(1);
                    }
                };
                peer.Respond(request, "HTTP/1.1 101 Switching Protocols\r\n\r\n", ends: false);
            });
            (ByteStream client, WireReader reader) = await world.ConnectAsync();
            await client.SendAllAsync(ProxyWorld.Bytes(Upgrade));
            (await reader.HeadAsync()).ShouldNotBeNull().Status.ShouldBe(101);

            isHeld = true;
            await client.SendAllAsync(ProxyWorld.Bytes(new string('x', length)));
            client.ShutdownSend();
            peers[0].Send(tunnel!, "bye", ends: true);
            await peers[0].FlushAsync();
            Encoding.ASCII.GetString(await reader.ToEndAsync()).ShouldBe("bye");
            await world.DelayAsync(100);
            isHeld = false;

            for (int i = 0; i < 10_000 && !hasEnded && peers[0].Resets.Count == 0; i++)
            {
                await world.DelayAsync(1);
            }

            peers[0].Resets.ShouldBeEmpty();
            hasEnded.ShouldBeTrue();
            received.Length.ShouldBe(length);
        });
}
