using Atlas.Engine.Flows;
using Atlas.Engine.Streams;
using Atlas.Proxy.Snapshots;
using Atlas.Simulation;

namespace Atlas.Proxy.Tests.Sessions;

/// <summary>Who is held up by the other end is not too slow, and owes nothing.</summary>
public sealed class HeldUpTests
{
    private const int ResponseMs = 8_000;

    [Fact]
    public void ExpectContinue_TheServerTakesLongToSay100_IsServed()
    {
        Run(async world =>
        {
            world.Server.ScriptReadsBody = true;
            world.Server.Script = async turn =>
            {
                await turn.Loop.DelayAsync(ResponseMs - 10);
                await turn.SendAsync("HTTP/1.1 100 Continue\r\n\r\n");
                (await turn.Reader.BytesAsync(10)).Length.ShouldBe(10);
                await turn.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
            };
            (ByteStream client, WireReader reader) = await world.ConnectAsync();
            await client.SendAllAsync(Head("Expect: 100-continue\r\n"));
            (await reader.ResponseAsync("POST")).ShouldNotBeNull().Status.ShouldBe(100);
            await world.DelayAsync(9_000);
            await client.SendAllAsync("0123456789"u8.ToArray());
            (await reader.ResponseAsync("POST")).ShouldNotBeNull().Status.ShouldBe(200);
        });
    }

    [Fact]
    public void ExpectContinue_TheServerNeverAnswers_IsTheServersFault()
    {
        Run(async world =>
        {
            world.Server.ScriptReadsBody = true;
            world.Server.Script = async turn => await turn.Reader.ToEndAsync();
            (ByteStream client, WireReader reader) = await world.ConnectAsync();
            await client.SendAllAsync(Head("Expect: 100-continue\r\n"));
            long beganMs = world.NowMs;
            (await reader.ResponseAsync("POST")).ShouldNotBeNull().Status.ShouldBe(504);
            (world.NowMs - beganMs).ShouldBe(ResponseMs);
        });
    }

    [Fact]
    public void Upload_TheClientPausesForLongerThanTheServerMayTake_IsServed()
    {
        Run(async world =>
        {
            (ByteStream client, WireReader reader) = await world.ConnectAsync();
            await client.SendAllAsync(Head(""));
            await client.SendAllAsync("01234"u8.ToArray());
            await world.DelayAsync(ResponseMs + 1_000);
            await client.SendAllAsync("56789"u8.ToArray());
            (await reader.ResponseAsync("POST")).ShouldNotBeNull().Status.ShouldBe(200);
        });
    }

    private static byte[] Head(string fields) =>
        ProxyWorld.Bytes($"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n{fields}\r\n");

    private static void Run(Func<ProxyWorld, Flow> scenario)
    {
        var world = new ProxyWorld(seed: 7, SimulationOptions.Calm, pool: pool =>
            new PoolSnapshot("pool", pool.Servers) { ResponseMs = ResponseMs });
        world.Run(() => scenario(world));
    }
}
