using Atlas.Engine.Flows;
using Atlas.Engine.Streams;
using Atlas.Proxy.Errors;
using Atlas.Proxy.Relaying;
using Atlas.Proxy.Snapshots;
using Atlas.Proxy.Tests.Sessions;
using Atlas.Simulation;

namespace Atlas.Proxy.Tests.Tcp;

/// <summary>What a TCP listener does with the bytes and the ends of connections.</summary>
public sealed class TcpRelayTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Relay_OneSideEnds_TheOtherMayFinish(bool clientEnds) => TcpWorld.ForSeeds(async tcp =>
    {
        ProxyWorld world = tcp.World;
        int count = world.Network.Options == SimulationOptions.ByteByByte ? 300 : 60_000;
        byte[] up = new byte[count];
        byte[] down = new byte[count + 17];
        world.Random.NextBytes(up);
        world.Random.NextBytes(down);
        tcp.Serve(0, turn => TalkAsync(turn.Stream, turn.Reader, down, up, endsFirst: !clientEnds));
        (ByteStream client, WireReader reader) = await world.ConnectAsync();
        await TalkAsync(client, reader, up, down, endsFirst: clientEnds);
        client.Close();
        await world.DelayAsync(1_000);
        world.Sessions.ShouldBe(0);
        tcp.Metrics.Errors(ProxyError.UpstreamTruncated).ShouldBe(0);
    });

    [Fact]
    public void Relay_ServerSpeaksFirst_ClientHearsItBeforeItSpeaks() => TcpWorld.ForSeeds(async tcp =>
    {
        tcp.Echo(0);
        (ByteStream client, WireReader reader, string server) = await tcp.GreetedAsync();
        server.ShouldBe("0");
        await client.SendAllAsync(ProxyWorld.Bytes("hello"));
        (await reader.BytesAsync(5)).ShouldBe(ProxyWorld.Bytes("hello"));
        client.ShutdownSend();
        (await reader.ToEndAsync()).ShouldBeEmpty();
        reader.Last.ShouldBe(0);
    });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Relay_OneSideResets_TheOtherIsResetAtOnce(bool clientResets) => TcpWorld.ForSeeds(async tcp =>
    {
        int last = 1;
        tcp.Serve(0, async turn =>
        {
            await turn.Stream.SendAllAsync(ProxyWorld.Bytes("hello"));
            if (clientResets)
            {
                await turn.Reader.ToEndAsync();
                last = turn.Reader.Last;
            }
            else
            {
                await turn.Reader.BytesAsync(2);
                turn.Stream.Abort();
            }
        });
        (ByteStream client, WireReader reader) = await tcp.World.ConnectAsync();
        await client.SendAllAsync(ProxyWorld.Bytes("hi"));
        await reader.BytesAsync(5);
        if (clientResets)
        {
            client.Abort();
        }
        else
        {
            await reader.ToEndAsync();
            last = reader.Last;
        }

        await tcp.World.DelayAsync(1_000);
        last.ShouldBeLessThan(0, "an end in order would tell that all bytes had come");
        tcp.World.Sessions.ShouldBe(0);
        tcp.Metrics.Errors(clientResets ? ProxyError.ClientClosed : ProxyError.UpstreamTruncated).ShouldBe(1);
    });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Relay_ServerAnswersAndClosesWhileTheClientSends_ClientHasTheAnswer(bool hasReadAll) => TcpWorld.ForSeeds(async tcp =>
    {
        byte[] answer = new byte[tcp.World.Network.Options == SimulationOptions.ByteByByte ? 300 : 20_000];
        tcp.World.Random.NextBytes(answer);
        tcp.Serve(0, async turn =>
        {
            await turn.Reader.BytesAsync(100);
            await turn.Stream.SendAllAsync(answer);
            if (hasReadAll)
            {
                // Ends in order, and is sent to once more.
                turn.Stream.ShutdownSend();
                await turn.Loop.DelayAsync(tcp.World.Random.Next(300));
            }

            // With bytes unread, or still to come: the kernel makes a reset of it.
            turn.Stream.Close();
        });
        (ByteStream client, WireReader reader) = await tcp.World.ConnectAsync();
        Flow upload = FloodAsync(client);
        await tcp.World.DelayAsync(tcp.World.Random.Next(1_000));
        (await reader.ToEndAsync()).AsSpan().SequenceEqual(answer).ShouldBeTrue();
        client.Close();
        await upload;
        await tcp.World.DelayAsync(10_000);
        tcp.World.Sessions.ShouldBe(0);
        tcp.Metrics.Errors(ProxyError.UpstreamTruncated).ShouldBe(1);
    });

    [Fact]
    public void Relay_ClientSaysAllAndClosesWithoutReading_ServerHasAll() => TcpWorld.ForSeeds(async tcp =>
    {
        byte[] said = new byte[tcp.World.Network.Options == SimulationOptions.ByteByByte ? 300 : 20_000];
        tcp.World.Random.NextBytes(said);
        byte[] heard = [];
        int last = 1;
        tcp.Serve(0, async turn =>
        {
            await turn.Stream.SendAllAsync(ProxyWorld.Bytes("hello"));
            heard = await turn.Reader.ToEndAsync();
            last = turn.Reader.Last;
        });
        (ByteStream client, _) = await tcp.World.ConnectAsync();
        await client.SendAllAsync(said);
        await client.ReceiveReadyAsync();
        client.Close();
        await tcp.World.DelayAsync(10_000);
        heard.AsSpan().SequenceEqual(said).ShouldBeTrue();
        last.ShouldBeLessThan(0);
        tcp.Metrics.Errors(ProxyError.ClientClosed).ShouldBe(1);
    });

    [Theory]
    [InlineData(TwoWayRelay.LastIdleMs - 100, TwoWayRelay.LastMs)]
    [InlineData(TwoWayRelay.LastIdleMs + 100, TwoWayRelay.LastIdleMs)]
    public void Relay_ServerBreaksAndTheClientTakesItSlowly_EndsWithinBounds(int pauseMs, int tookMs) => TcpWorld.Run(async tcp =>
    {
        Flow flood = default;
        tcp.Serve(0, async turn =>
        {
            flood = FloodAsync(turn.Stream);
            await turn.Loop.DelayAsync(5_000);
            turn.Stream.Abort();
            await flood;
        });
        (ByteStream client, _) = await tcp.World.ConnectAsync();
        await tcp.World.DelayAsync(5_000);
        byte[] piece = new byte[1_000];
        long beganMs = tcp.World.NowMs;
        long tookAtMs = beganMs;
        while (tcp.World.Sessions > 0)
        {
            await tcp.World.DelayAsync(20);
            if (tcp.World.NowMs - tookAtMs >= pauseMs)
            {
                tookAtMs = tcp.World.NowMs;
                client.TryReceive(piece);
            }
        }

        (tcp.World.NowMs - beganMs).ShouldBeInRange(tookMs - 100, tookMs + 100);
        tcp.Metrics.Errors(ProxyError.UpstreamTruncated).ShouldBe(1);
    });

    [Fact]
    public void Relay_ServerResetsWhileTheClientTakesNothing_EndsAtOnce() => TcpWorld.Run(async tcp =>
    {
        Flow flood = default;
        tcp.Serve(0, async turn =>
        {
            flood = FloodAsync(turn.Stream);
            await turn.Loop.DelayAsync(5_000);
            turn.Stream.Abort();
            await flood;
        });
        (ByteStream client, WireReader _) = await tcp.World.ConnectAsync();
        await tcp.World.DelayAsync(6_000);
        tcp.World.Sessions.ShouldBe(0);
        tcp.Metrics.Errors(ProxyError.UpstreamTruncated).ShouldBe(1);
        client.IsClosed.ShouldBeFalse();
    });

    [Fact]
    public void Relay_ClientEndsAndThenResets_ServerIsResetAtOnce() => TcpWorld.ForSeeds(async tcp =>
    {
        int last = 1;
        tcp.Serve(0, async turn =>
        {
            // It has heard the end, and works on its answer.
            await turn.Reader.ToEndAsync();
            await turn.Loop.DelayAsync(60_000);
            last = (await turn.Stream.SendAllAsync(ProxyWorld.Bytes("x"))) ? 1 : -1;
        });
        (ByteStream client, WireReader _) = await tcp.World.ConnectAsync();
        await client.SendAllAsync(ProxyWorld.Bytes("hi"));
        client.ShutdownSend();
        await tcp.World.DelayAsync(10_000);
        client.Abort();
        await tcp.World.DelayAsync(10_000);
        tcp.World.Sessions.ShouldBe(0);
        tcp.Metrics.Errors(ProxyError.ClientClosed).ShouldBe(1);
        await tcp.World.DelayAsync(60_000);
        last.ShouldBeLessThan(0);
    });

    [Fact]
    public void Relay_SlowReceiver_HoldsOneBufferAndStopsItsSender() => TcpWorld.ForSeeds(
        async tcp =>
        {
            long sent = 0;
            tcp.Serve(0, async turn =>
            {
                byte[] piece = new byte[1000];
                for (int i = 0; i < 200; i++)
                {
                    await turn.Stream.SendAllAsync(piece);
                    sent += piece.Length;
                }
            });
            (ByteStream client, WireReader reader) = await tcp.World.ConnectAsync();
            await tcp.World.DelayAsync(20_000);
            sent.ShouldBeLessThan(3 * tcp.World.Network.Options.Window + 40_000);
            tcp.World.Loop.Buffers.Lent.ShouldBe(1);
            (await reader.ToEndAsync()).Length.ShouldBe(200_000);
            client.Close();
            tcp.World.MostLent.ShouldBeLessThanOrEqualTo(2);
        },
        seeds: 12);

    [Theory]
    [InlineData(60_000)]
    [InlineData(3_600_000)]
    public void Relay_BothAreSilent_EndsInOrderInItsMillisecond(int idleMs) => TcpWorld.Run(
        async tcp =>
        {
            tcp.Echo(0);
            (ByteStream client, WireReader reader, _) = await tcp.GreetedAsync();
            await tcp.World.DelayAsync(idleMs - 1000);
            await client.SendAllAsync(ProxyWorld.Bytes("x"));
            (await reader.BytesAsync(1)).ShouldBe(ProxyWorld.Bytes("x"));
            long beganMs = tcp.World.NowMs;
            tcp.World.Loop.Buffers.Lent.ShouldBe(0, "a silent connection holds no buffer");
            await reader.ToEndAsync();
            reader.Last.ShouldBe(0);
            (tcp.World.NowMs - beganMs).ShouldBe(idleMs);
            tcp.Metrics.Errors(ProxyError.IdleTimeout).ShouldBe(1);
        },
        listener: listener => listener with { IdleMs = idleMs });

    [Theory]
    [InlineData(int.MaxValue, 600_000)]
    [InlineData(5_000, 5_000)]
    public void Relay_ClientEndedAndTheServerIsSilent_EndsInItsMillisecond(int halfClosedMs, int expectedMs) => TcpWorld.Run(
        async tcp =>
        {
            tcp.Serve(0, async turn =>
            {
                await turn.Reader.ToEndAsync();
                await turn.Loop.DelayAsync(expectedMs + 20_000);
            });
            (ByteStream client, WireReader reader) = await tcp.World.ConnectAsync();
            await client.SendAllAsync(ProxyWorld.Bytes("x"));
            await tcp.World.DelayAsync(1_000);
            client.ShutdownSend();
            long beganMs = tcp.World.NowMs;
            await reader.ToEndAsync();
            long tookMs = tcp.World.NowMs - beganMs;
            tookMs.ShouldBeInRange(expectedMs - 1_000, expectedMs + 5);
        },
        pool: pool => new PoolSnapshot(pool.Name, pool.Servers) { TcpHalfClosedMs = halfClosedMs },
        listener: listener => listener with { IdleMs = 600_000 });

    [Fact]
    public void Relay_ClientEndedAndTakesNothing_EndsAfterTheTimeOfHalfClosedConnections() => TcpWorld.Run(
        async tcp =>
        {
            tcp.Serve(0, async turn =>
            {
                Flow flood = FloodAsync(turn.Stream);
                await turn.Reader.ToEndAsync();
                await flood;
            });
            (ByteStream client, _) = await tcp.World.ConnectAsync();
            await tcp.World.DelayAsync(1_000);
            client.ShutdownSend();
            await tcp.World.DelayAsync(6_000);
            tcp.Metrics.Errors(ProxyError.IdleTimeout).ShouldBe(1);
        },
        pool: pool => new PoolSnapshot(pool.Name, pool.Servers) { TcpHalfClosedMs = 5_000 },
        listener: listener => listener with { IdleMs = 600_000 });

    [Fact]
    public void Abort_Connections_AreResetOnBothSides() => TcpWorld.ForSeeds(async tcp =>
    {
        int serverLast = 1;
        tcp.Serve(0, async turn =>
        {
            await turn.Stream.SendAllAsync(ProxyWorld.Bytes("0"));
            await turn.Reader.ToEndAsync();
            serverLast = turn.Reader.Last;
        });
        (_, WireReader reader, _) = await tcp.GreetedAsync();
        tcp.Proxy.Abort(tcp.Listener);
        await reader.ToEndAsync();
        reader.Last.ShouldBeLessThan(0);
        await tcp.World.DelayAsync(1_000);
        serverLast.ShouldBeLessThan(0);
        tcp.Metrics.Errors(ProxyError.ShuttingDown).ShouldBe(1);
    });

    private static async Flow FloodAsync(ByteStream stream)
    {
        byte[] piece = new byte[8192];
        while (await stream.SendAllAsync(piece))
        {
            // Until it is closed.
        }
    }

    private static async Flow TalkAsync(ByteStream stream, WireReader reader, byte[] mine, byte[] theirs, bool endsFirst)
    {
        if (endsFirst)
        {
            (await stream.SendAllAsync(mine)).ShouldBeTrue();
            stream.ShutdownSend();
            (await reader.ToEndAsync()).AsSpan().SequenceEqual(theirs).ShouldBeTrue();
        }
        else
        {
            (await reader.ToEndAsync()).AsSpan().SequenceEqual(theirs).ShouldBeTrue();
            (await stream.SendAllAsync(mine)).ShouldBeTrue();
            stream.ShutdownSend();
        }

        reader.Last.ShouldBe(0);
    }
}
