using Atlas.Core.Configuration;
using Atlas.Engine.Streams;
using Atlas.Protocols.Http2;
using Atlas.Proxy.Answers;
using Atlas.Proxy.Snapshots;
using Atlas.Proxy.Tests.Sessions;
using Atlas.Simulation;

namespace Atlas.Proxy.Tests.Http2;

/// <summary>Which requests make good for streams that their client resets.</summary>
public sealed class ResetCreditTests
{
    // What a connection may do without (Http2Limits.PeerResets).
    private const int Free = 100;

    private const int Requests = 20;

    [Fact]
    public void Requests_AServerAnswered_PayForAsManyResets()
    {
        Check(pool => new RouteSnapshot("r") { Pool = pool }, Free + Requests, expected: null);
        Check(pool => new RouteSnapshot("r") { Pool = pool }, Free + Requests + 1, Http2ErrorCode.EnhanceYourCalm);
    }

    [Fact]
    public void Requests_AnsweredHere_PayForNone()
    {
        var route = new RouteSnapshot("r") { Answer = new FixedAnswer(new RespondConfig { Status = 204 }) };

        Check(_ => route, Free, expected: null);
        Check(_ => route, Free + 1, Http2ErrorCode.EnhanceYourCalm);
    }

    [Fact]
    public void Requests_ThatNoServerTakes_PayForNone()
    {
        Check(Elsewhere, Free, expected: null);
        Check(Elsewhere, Free + 1, Http2ErrorCode.EnhanceYourCalm);

        static RouteSnapshot Elsewhere(PoolSnapshot pool) => new("r") { Match = Routes.Path("/elsewhere"), Pool = pool };
    }

    private static void Check(Func<PoolSnapshot, RouteSnapshot> route, int resets, Http2ErrorCode? expected) => ProxyWorld.ForSeeds(
        1,
        seed => new ProxyWorld(seed, SimulationOptions.Calm, listener: Routes.Of(pools => [route(pools[0])])),
        async world =>
        {
            world.Server.Script = turn => turn.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
            (ByteStream client, WireReader _) = await world.ConnectAsync();
            await client.SendAllAsync([.. ClientFrames.Opening, .. Enumerable.Range(0, Requests).SelectMany(i => ClientFrames.Get((2 * i) + 1))]);
            await world.DelayAsync(5_000);

            await client.SendAllAsync([.. Enumerable.Range(Requests, resets).SelectMany(Taken)]);
            client.ShutdownSend();

            (await ClientFrames.GoneAwayAsync(client)).ShouldBe(expected);
            client.Close();
        });

    // A request that is taken back at once.
    private static byte[] Taken(int i) => [.. ClientFrames.Get((2 * i) + 1), .. ClientFrames.Reset((2 * i) + 1)];
}
