using System.Globalization;
using Atlas.Engine.Buffers;
using Atlas.Engine.Streams;
using Atlas.Simulation;

namespace Atlas.Proxy.Tests.Sessions;

/// <summary>Bodies that take long: back-pressure, early answers, both directions at once.</summary>
public sealed class TransferTests
{
    private const int Seeds = 24;
    private const int Length = 3_000_000;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Response_ASlowReader_HoldsTheServerBack(bool chunked) => ProxyWorld.ForSeeds(
        4,
        seed => new ProxyWorld(seed, SimulationOptions.Rough with { MaxPiece = 30_000 }),
        async world =>
        {
            world.Server.Script = async turn =>
            {
                string head = chunked
                    ? string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{Length:x}\r\n")
                    : $"HTTP/1.1 200 OK\r\nContent-Length: {Length}\r\n\r\n";
                await turn.SendAsync(head);
                await turn.Stream.SendAllAsync(Pattern());
                await turn.SendAsync(chunked ? "\r\n0\r\n\r\n" : "");
            };
            (ByteStream client, WireReader reader) = await world.ConnectAsync();
            await client.SendAllAsync(ProxyWorld.Bytes("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
            reader.PauseMs = 200;
            bool done = false;
            world.Guard(async () =>
            {
                while (!done)
                {
                    long sent = world.Server.Streams.Count == 0 ? 0 : world.Server.Streams[0].SentBytes;
                    long under = sent - ((SimulatedStream)client).ReceivedBytes;
                    under.ShouldBeLessThan((2 * world.Network.Options.Window) + (2 * BufferPool.LargeLength));
                    await world.DelayAsync(50);
                }
            });
            WireMessage response = (await reader.ResponseAsync("GET")).ShouldNotBeNull();
            done = true;
            response.IsWhole.ShouldBeTrue();
            response.Body.AsSpan().SequenceEqual(Pattern()).ShouldBeTrue();
            world.MostLent.ShouldBeLessThanOrEqualTo(4);
        });

    [Fact]
    public void Request_ASlowServer_HoldsTheClientBack() => ProxyWorld.ForSeeds(
        4,
        seed => new ProxyWorld(seed, SimulationOptions.Rough with { MaxPiece = 30_000 }),
        async world =>
        {
            world.Server.ScriptReadsBody = true;
            world.Server.Script = async turn =>
            {
                turn.Reader.PauseMs = 200;
                byte[] body = await turn.Reader.BytesAsync(Length);
                body.AsSpan().SequenceEqual(Pattern()).ShouldBeTrue();
                await turn.SendAsync("HTTP/1.1 204 No Content\r\n\r\n");
            };
            (ByteStream client, WireReader reader) = await world.ConnectAsync();
            await client.SendAllAsync(ProxyWorld.Bytes($"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {Length}\r\n\r\n"));
            bool done = false;
            world.Guard(async () =>
            {
                while (!done)
                {
                    long received = world.Server.Streams.Count == 0 ? 0 : world.Server.Streams[0].ReceivedBytes;
                    long under = ((SimulatedStream)client).SentBytes - received;
                    under.ShouldBeLessThan((2 * world.Network.Options.Window) + (2 * BufferPool.LargeLength));
                    await world.DelayAsync(50);
                }
            });
            (await client.SendAllAsync(Pattern())).ShouldBeTrue();
            (await reader.ResponseAsync("POST")).ShouldNotBeNull().Status.ShouldBe(204);
            done = true;
            world.MostLent.ShouldBeLessThanOrEqualTo(4);
        });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Request_TheServerRefusesEarly_TheClientGetsTheWholeAnswer(bool serverCloses) => ProxyWorld.ForSeeds(
        Seeds,
        seed => new ProxyWorld(seed),
        async world =>
        {
            int length = world.Network.Options == SimulationOptions.ByteByByte ? 2_000 : 300_000;
            world.Server.ScriptReadsBody = true;
            world.Server.Script = async turn =>
            {
                await turn.SendAsync("HTTP/1.1 413 Content Too Large\r\nContent-Length: 4\r\n\r\nmuch");
                if (!serverCloses)
                {
                    // Politely reads until the proxy lets go.
                    await turn.Reader.ToEndAsync();
                }

                turn.Stream.Close();
            };
            (ByteStream client, WireReader reader) = await world.ConnectAsync();
            await client.SendAllAsync(ProxyWorld.Bytes($"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n"));
            world.Guard(async () => await client.SendAllAsync(new byte[length]));
            WireMessage response = (await reader.ResponseAsync("POST")).ShouldNotBeNull();
            response.Status.ShouldBe(413);
            response.IsWhole.ShouldBeTrue();
            response.Field("connection").ShouldBe("close");
        });

    [Fact]
    public void Request_TheServerEchoesWhileItReads_BothDirectionsMove() => ProxyWorld.ForSeeds(
        Seeds,
        seed => new ProxyWorld(seed),
        async world =>
        {
            world.Server.ScriptReadsBody = true;
            world.Server.Script = async turn =>
            {
                await turn.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n");
                for (int i = 0; i < 5; i++)
                {
                    (await turn.Stream.SendAllAsync(await turn.Reader.BytesAsync(10))).ShouldBeTrue();
                }
            };
            (ByteStream client, WireReader reader) = await world.ConnectAsync();
            await client.SendAllAsync(ProxyWorld.Bytes("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 50\r\n\r\n"));
            (await reader.HeadAsync()).ShouldNotBeNull().Status.ShouldBe(200);
            for (int i = 0; i < 5; i++)
            {
                byte[] piece = ProxyWorld.Bytes($"piece {i:d4}");
                await client.SendAllAsync(piece);
                (await reader.BytesAsync(piece.Length)).ShouldBe(piece);
            }

            world.Network.ElapsedMs.ShouldBeLessThan(5_000);
        });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Request_ExpectsContinue_TheBodyFollowsTheInterimResponse(bool refused) => ProxyWorld.ForSeeds(
        Seeds,
        seed => new ProxyWorld(seed),
        async world =>
        {
            world.Server.ScriptReadsBody = true;
            world.Server.Script = async turn =>
            {
                turn.Request.Field("expect").ShouldBe("100-continue");
                if (refused)
                {
                    await turn.SendAsync("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n");
                    (await turn.Reader.ToEndAsync()).ShouldBeEmpty();
                    return;
                }

                await turn.SendAsync("HTTP/1.1 100 Continue\r\n\r\n");
                (await turn.Reader.BytesAsync(5)).ShouldBe(ProxyWorld.Bytes("hello"));
                await turn.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
            };
            (ByteStream client, WireReader reader) = await world.ConnectAsync();
            await client.SendAllAsync(ProxyWorld.Bytes("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n"));
            WireMessage first = (await reader.ResponseAsync("POST")).ShouldNotBeNull();
            first.Status.ShouldBe(refused ? 401 : 100);
            if (!refused)
            {
                await client.SendAllAsync(ProxyWorld.Bytes("hello"));
                (await reader.ResponseAsync("POST")).ShouldNotBeNull().Status.ShouldBe(200);
            }

            world.Network.ElapsedMs.ShouldBeLessThan(5_000);
        });

    [Fact]
    public void Response_OfEvents_EachIsForwardedAtOnce() => ProxyWorld.ForSeeds(
        Seeds,
        seed => new ProxyWorld(seed),
        async world =>
        {
            world.Server.Script = async turn =>
            {
                await turn.SendAsync("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n");
                for (int i = 0; i < 5; i++)
                {
                    await turn.Loop.DelayAsync(50_000);
                    await turn.SendAsync("8\n");
                }

                turn.Stream.Close();
            };
            (ByteStream client, WireReader reader) = await world.ConnectAsync();
            await client.SendAllAsync(ProxyWorld.Bytes("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
            await reader.HeadAsync();
            for (int i = 0; i < 5; i++)
            {
                // In rough networks the two bytes come as one chunk or as two.
                string got = "";
                while (!got.EndsWith("\n\r\n", StringComparison.Ordinal))
                {
                    got += (char)(await reader.BytesAsync(1)).Single();
                }

                world.Network.ElapsedMs.ShouldBeInRange((i + 1) * 50_000, ((i + 1) * 50_000) + 2_000);
            }
        });

    private static byte[] Pattern() => [.. Enumerable.Range(0, Length).Select(i => (byte)((i * 31) ^ (i >> 8)))];
}
