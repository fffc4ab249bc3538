using Atlas.Engine.Flows;
using Atlas.Engine.Streams;
using Atlas.Simulation;

namespace Atlas.Proxy.Tests.Sessions;

/// <summary>Whole sessions in which nobody fails: what goes in comes out, in order, whatever the network does.</summary>
public sealed class RandomSessionTests
{
    private const int Seeds = 150;

    [Fact]
    public void Session_RequestsOneByOne_EachIsAnsweredWholeAndInOrder() =>
        ProxyWorld.ForSeeds(Seeds, seed => new ProxyWorld(seed, servers: 1 + (seed % 3)), world => RunAsync(world, pipelined: false));

    [Fact]
    public void Session_RequestsPipelined_EachIsAnsweredWholeAndInOrder() =>
        ProxyWorld.ForSeeds(Seeds, seed => new ProxyWorld(seed, servers: 1 + (seed % 3)), world => RunAsync(world, pipelined: true));

    private static async Flow RunAsync(ProxyWorld world, bool pipelined)
    {
        int maxBody = world.Network.Options == SimulationOptions.ByteByByte ? 300 : 50_000;
        List<RandomExchange> exchanges = [.. Enumerable.Range(0, 1 + world.Random.Next(6))
            .Select(id => new RandomExchange(world.Random, id, maxBody))];
        world.Servers.ForEach(server => server.Script = turn => AnswerAsync(world, exchanges, turn));

        (ByteStream client, WireReader reader) = await world.ConnectAsync();
        if (pipelined)
        {
            world.Guard(async () => (await client.SendAllAsync([.. exchanges.SelectMany(exchange => exchange.Request)])).ShouldBeTrue());
        }

        foreach (RandomExchange exchange in exchanges)
        {
            if (!pipelined)
            {
                (await client.SendAllAsync(exchange.Request)).ShouldBeTrue();
            }

            for (int i = 0; i < exchange.Interims; i++)
            {
                WireMessage? interim = await reader.ResponseAsync(exchange.Method);
                interim.ShouldNotBeNull().Status.ShouldBe(103);
                interim.Field("link").ShouldBe($"<{exchange.Target}-{i}>");
            }

            exchange.CheckResponse(await reader.ResponseAsync(exchange.Method));
            if (world.Random.Next(3) == 0)
            {
                await world.DelayAsync(world.Random.Next(3_000));
            }
        }

        reader.Left.ShouldBe(0);
        world.Servers.Sum(server => server.Seen.Count).ShouldBe(exchanges.Count, "each request reaches one server once");
        world.MostLent.ShouldBeLessThanOrEqualTo(6);
    }

    private static async Flow AnswerAsync(ProxyWorld world, List<RandomExchange> exchanges, ServerTurn turn)
    {
        RandomExchange exchange = exchanges.Single(exchange => exchange.Target == turn.Request.Target);
        exchange.CheckRequest(turn.Request);
        int cut = world.Random.Next(exchange.Response.Length);
        await turn.Stream.SendAllAsync(exchange.Response[..cut]);
        if (world.Random.Next(2) == 0)
        {
            await turn.Loop.DelayAsync(world.Random.Next(1_000));
        }

        (await turn.Stream.SendAllAsync(exchange.Response[cut..])).ShouldBeTrue();
        if (exchange.ServerCloses)
        {
            turn.Stream.Close();
        }
    }
}
