using Atlas.Core.Configuration;
using Atlas.Engine.Flows;
using Atlas.Engine.Streams;
using Atlas.Protocols.Http2;
using Atlas.Proxy.Http2;
using Atlas.Proxy.Tests.Sessions;
using Atlas.Simulation;

namespace Atlas.Proxy.Tests.Http2;

/// <summary>What clients do on many connections, one after the other.</summary>
public sealed class ManyConnectionsTests
{
    // What a connection may do by itself (Http2Limits.PeerResets).
    private const int OfOne = 100;

    [Fact]
    public void Resets_OfAnAddress_EndItsConnectionsPastTheMost() => Check(trusts: false, Http2ErrorCode.EnhanceYourCalm);

    // It has the resets of all its clients.
    [Fact]
    public void Resets_OfATrustedProxy_AreThoseOfEachConnection() => Check(trusts: true, expected: null);

    // What a worker holds of them is bounded (Http2Memory.MaxBlocksBytes): connections that are gone hold nothing.
    [Fact]
    public void HeadsThatNeverEnd_OfConnectionsThatAreGone_AreNotHeld() => ProxyWorld.ForSeeds(
        1,
        seed => new ProxyWorld(seed, SimulationOptions.Calm),
        async world =>
        {
            // HEADERS of 16,384 bytes, of which most come.
            byte[] head = [0, 0x40, 0, 1, 4, 0, 0, 0, 1, .. new byte[16_000]];
            for (int i = 0; i <= Http2Memory.MaxBlocksBytes / 16_384; i++)
            {
                (await TalkAsync(world, head)).ShouldBeNull($"connection {i}");
            }
        });

    private static void Check(bool trusts, Http2ErrorCode? expected) => ProxyWorld.ForSeeds(
        1,
        seed => new ProxyWorld(
            seed,
            SimulationOptions.Calm,
            listener: front => front with { TrustedProxies = trusts ? [All()] : [] }),
        async world =>
        {
            for (int i = 0; i < ClientResets.MaxResets / OfOne; i++)
            {
                (await ResetAsync(world, OfOne)).ShouldBeNull();
            }

            (await ResetAsync(world, 1)).ShouldBe(expected);
        });

    private static IpNetwork All() => IpNetwork.TryParse("0.0.0.0/0", out IpNetwork all) ? all : throw new InvalidOperationException();

    // Opens as many streams on a connection of its own, and resets each at once.
    private static ResultFlow<Http2ErrorCode?> ResetAsync(ProxyWorld world, int streams) =>
        TalkAsync(world, [.. Enumerable.Range(0, streams).SelectMany(i => Frames(1 + (2 * i)))]);

    // Sends frames on a connection of its own, and ends.
    private static async ResultFlow<Http2ErrorCode?> TalkAsync(ProxyWorld world, byte[] frames)
    {
        (ByteStream client, WireReader _) = await world.ConnectAsync();
        await client.SendAllAsync([.. ClientFrames.Opening, .. frames]);
        client.ShutdownSend();
        Http2ErrorCode? gone = await ClientFrames.GoneAwayAsync(client);
        client.Close();
        return gone;
    }

    private static byte[] Frames(int id) => [.. ClientFrames.Get(id), .. ClientFrames.Reset(id)];
}
