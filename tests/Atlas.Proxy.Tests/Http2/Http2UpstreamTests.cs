using System.Globalization;
using System.Text;
using Atlas.Engine.Streams;
using Atlas.Protocols.Http2;
using Atlas.Proxy.Tests.Sessions;
using Atlas.Simulation;

namespace Atlas.Proxy.Tests.Http2;

/// <summary>Requests to servers that speak HTTP/2, over networks that split and delay.</summary>
public sealed class Http2UpstreamTests
{
    private const int Seeds = 60;

    [Fact]
    public void Get_IsAnswered() => ProxyWorld.ForSeeds(Seeds, seed => Http2World.Make(seed), async world =>
    {
        List<FramePeer> peers = Http2World.Speak(world.Server, (peer, request) => peer.Respond(request, Http2World.Ok, "ok"));
        for (int i = 0; i < 3; i++)
        {
            WireMessage response = await Http2World.AskAsync(world, Http2World.Get);
            response.Status.ShouldBe(200);
            Encoding.ASCII.GetString(response.Body).ShouldBe("ok");
        }

        peers.Count.ShouldBe(1);
        peers[0].Resets.ShouldBeEmpty();
    });

    [Fact]
    public void Body_InChunks_GoesWithoutThem() => ProxyWorld.ForSeeds(Seeds, seed => Http2World.Make(seed), async world =>
    {
        FrameRequest? seen = null;
        Http2World.Speak(world.Server, (peer, request) =>
        {
            seen = request;
            peer.Respond(request, "HTTP/1.1 200 OK\r\n\r\n", "some", ends: false);
            peer.Send(request, " more", ends: false);
            peer.Trail(request, "x-sum: 9\r\n\r\n");
        });

        WireMessage response = await Http2World.AskAsync(
            world, "POST /a HTTP/1.1\r\nHost: h\r\nTE: trailers\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\nx-count: 5\r\n\r\n");

        Encoding.ASCII.GetString(response.Body).ShouldBe("some more");
        response.Trailers.ShouldContain(("x-sum", "9"));
        seen.ShouldNotBeNull().Body.ShouldBe("abcde");
        seen.Trailers.ShouldBe("x-count: 5\r\n\r\n");
        seen.Head.ShouldNotContain("content-length");
    });

    [Fact]
    public void Interim_IsPassedOn() => ProxyWorld.ForSeeds(Seeds, seed => Http2World.Make(seed), async world =>
    {
        Http2World.Speak(world.Server, (peer, request) =>
        {
            peer.Respond(request, "HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n", ends: false);
            peer.Respond(request, Http2World.Ok, "ok");
        });
        (ByteStream client, WireReader reader) = await world.ConnectAsync();
        await client.SendAllAsync(ProxyWorld.Bytes(Http2World.Get));

        (await reader.ResponseAsync("GET")).ShouldNotBeNull().Status.ShouldBe(103);
        (await reader.ResponseAsync("GET")).ShouldNotBeNull().Status.ShouldBe(200);
    });

    [Fact]
    public void Client_ThatLeaves_CancelsItsRequestAlone() => ProxyWorld.ForSeeds(Seeds, seed => Http2World.Make(seed), async world =>
    {
        int asked = 0;
        List<FramePeer> peers = Http2World.Speak(world.Server, (peer, request) =>
        {
            if (asked++ > 0)
            {
                peer.Respond(request, Http2World.Ok, "ok");
            }
        });
        (ByteStream client, _) = await world.ConnectAsync();
        await client.SendAllAsync(ProxyWorld.Bytes(Http2World.Get));
        await Http2World.UntilAsync(world, () => asked == 1);

        client.Abort();

        await Http2World.UntilAsync(world, () => peers[0].Resets.Count == 1);
        peers[0].Resets.ShouldBe([Http2ErrorCode.Cancel]);
        (await Http2World.AskAsync(world, Http2World.Get)).Status.ShouldBe(200);
        peers.Count.ShouldBe(1);
    });

    [Fact]
    public void Response_ThatBreaksTheRules_Is502_AndOthersGoOn() => ProxyWorld.ForSeeds(Seeds, seed => Http2World.Make(seed), async world =>
    {
        List<FramePeer> peers = Http2World.Speak(world.Server, (peer, request) =>
        {
            if (request.Target == "/bad")
            {
                // A field alone, without a status.
                peer.Raw(Http2FrameType.Headers, 5, request.Id, [0x00, 0x01, (byte)'a', 0x01, (byte)'b']);
            }
            else
            {
                peer.Respond(request, Http2World.Ok, "ok");
            }
        });

        WireMessage bad = await Http2World.AskAsync(world, Http2World.Post.Replace("/a", "/bad", StringComparison.Ordinal));
        bad.Status.ShouldBe(502);
        bad.Field("proxy-status").ShouldNotBeNull().ShouldContain("http_protocol_error");
        (await Http2World.AskAsync(world, Http2World.Get)).Status.ShouldBe(200);
        peers.Count.ShouldBe(1);
    });

    [Fact]
    public void WebSocket_GoesAsExtendedConnect() => ProxyWorld.ForSeeds(Seeds, seed => Http2World.Make(seed), async world =>
    {
        Http2World.Speak(world.Server, (_, _) => { }, (peer, request) =>
        {
            request.Head.ShouldContain("upgrade: websocket");
            request.OnContent = (content, isEnd) => peer.Send(request, content.ToUpperInvariant() + (isEnd ? "." : ""), isEnd);
            peer.Respond(request, "HTTP/1.1 101 Switching Protocols\r\nsec-websocket-protocol: chat\r\n\r\n", ends: false);
        });
        (ByteStream client, WireReader reader) = await world.ConnectAsync();
        await client.SendAllAsync(ProxyWorld.Bytes(
            "GET /ws HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"));

        WireMessage response = (await reader.HeadAsync()).ShouldNotBeNull();
        response.Status.ShouldBe(101);
        response.Field("sec-websocket-accept").ShouldBe("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
        response.Field("sec-websocket-protocol").ShouldBe("chat");
        await client.SendAllAsync(ProxyWorld.Bytes("hello"));
        client.ShutdownSend();

        Encoding.ASCII.GetString(await reader.ToEndAsync()).ShouldBe("HELLO.");
    });

    [Fact]
    public void WebSocket_WithoutThem_Is502() => ProxyWorld.ForSeeds(Seeds, seed => Http2World.Make(seed), async world =>
    {
        world.Server.OnConnect = async turn =>
        {
            await turn.SendAsync("\0\0\0\u0004\0\0\0\0\0");
            await turn.Reader.ToEndAsync();
            return true;
        };

        WireMessage response = await Http2World.AskAsync(
            world, "GET /ws HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");

        response.Status.ShouldBe(502);
    });

    [Fact]
    public void LargeBodies_PassBothWays() => ProxyWorld.ForSeeds(Seeds / 3, seed => Http2World.Make(seed, options: SimulationOptions.Rough), async world =>
    {
        string body = new('x', 300_000);
        Http2World.Speak(world.Server, (peer, request) => peer.Respond(
            request, string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 200 OK\r\nx-length: {request.Body.Length}\r\n\r\n"), request.Body[..60_000]));

        WireMessage response = await Http2World.AskAsync(
            world, string.Create(CultureInfo.InvariantCulture, $"POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: {body.Length}\r\n\r\n{body}"));

        response.Field("x-length").ShouldBe("300000");
        response.Body.Length.ShouldBe(60_000);
    });
}
