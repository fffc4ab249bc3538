using Atlas.Core.Configuration;
using Atlas.Engine.Flows;
using Atlas.Engine.Streams;
using Atlas.Protocols.Http2;
using Atlas.Proxy.Snapshots;
using Atlas.Proxy.Tests.Sessions;
using Atlas.Simulation;

namespace Atlas.Proxy.Tests.Http2;

/// <summary>A <see cref="ProxyWorld"/> whose servers speak HTTP/2.</summary>
internal static class Http2World
{
    internal const string Get = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n";

    internal const string Post = "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nbody";

    internal const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n";

    /// <summary>A network whose pieces come as they were sent.</summary>
    internal static SimulationOptions Whole { get; } = SimulationOptions.Rough with { SplitPercent = 0 };

    /// <summary>A pool like another one, that speaks HTTP/2.</summary>
    internal static PoolSnapshot Pool(PoolSnapshot pool, int maxStreams = 100, int connectMs = 3_000, int responseMs = 60_000) =>
        new(pool.Name, pool.Servers)
        {
            Protocol = UpstreamProtocol.Http2, MaxStreams = maxStreams, ConnectMs = connectMs, ResponseMs = responseMs,
        };

    internal static ProxyWorld Make(
        int seed, int servers = 1, SimulationOptions? options = null, Func<PoolSnapshot, PoolSnapshot>? pool = null) =>
        new(seed, options, servers, pool ?? (snapshot => Pool(snapshot)));

    /// <summary>Has a server of the world speak HTTP/2.</summary>
    /// <param name="server">The server.</param>
    /// <param name="serve">Answers requests that came whole.</param>
    /// <param name="head">Told of their heads before.</param>
    /// <param name="limits">What the server accepts.</param>
    /// <returns>Its connections, as they come.</returns>
    internal static List<FramePeer> Speak(
        WireServer server, Action<FramePeer, FrameRequest> serve, Action<FramePeer, FrameRequest>? head = null, Http2Limits? limits = null)
    {
        var peers = new List<FramePeer>();
        server.OnConnect = async turn =>
        {
            var peer = new FramePeer(turn.Stream, peers.Count + 1, limits ?? Http2Limits.Default, serve) { OnHead = head };
            peers.Add(peer);
            await peer.RunAsync();
            return true;
        };
        return peers;
    }

    /// <summary>Sends one request on a connection of its own.</summary>
    internal static async ResultFlow<WireMessage> AskAsync(ProxyWorld world, string request)
    {
        (ByteStream client, WireReader reader) = await world.ConnectAsync();
        await client.SendAllAsync(ProxyWorld.Bytes(request));
        WireMessage response = (await reader.FinalResponseAsync(request.Split(' ')[0])).ShouldNotBeNull();
        client.Close();
        return response;
    }

    /// <summary>Waits for something that comes with time.</summary>
    internal static async Flow UntilAsync(ProxyWorld world, Func<bool> condition)
    {
        for (int i = 0; i < 200_000 && !condition(); i++)
        {
            await world.DelayAsync(1);
        }

        condition().ShouldBeTrue();
    }
}
