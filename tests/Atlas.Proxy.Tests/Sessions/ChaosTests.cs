using Atlas.Engine.Flows;
using Atlas.Engine.Streams;
using Atlas.Simulation;

namespace Atlas.Proxy.Tests.Sessions;

/// <summary>Everybody misbehaves at random. What must hold all the same: a response is the right one, whole and in order, or
/// is visibly cut or an error of the proxy's own; nothing that may not be is sent twice; every session ends and nothing is
/// left.</summary>
public sealed class ChaosTests
{
    private const int Seeds = 300;
    private static readonly int[] OwnErrors = [400, 408, 502, 503, 504];

    [Fact]
    public void Sessions_EverybodyMisbehaves_WhatIsPromisedHolds() => ProxyWorld.ForSeeds(
        Seeds,
        seed => new ProxyWorld(seed, servers: 1 + (seed % 3)),
        async world =>
        {
            int maxBody = world.Network.Options == SimulationOptions.ByteByByte ? 100 : 40_000;
            var exchanges = new Dictionary<string, RandomExchange>(StringComparer.Ordinal);
            world.Servers.ForEach(server =>
            {
                server.ScriptReadsBody = world.Random.Next(2) == 0;
                server.Script = turn => AnswerAsync(world, exchanges, server, turn);
                server.Listener.Refuses = world.Random.Next(10) == 0;
                server.Listener.IsSilent = world.Random.Next(10) == 0;
            });

            int clients = 1 + world.Random.Next(3);
            int left = clients;
            var all = new LoopSignal(world.Loop);
            for (int i = 0; i < clients; i++)
            {
                List<RandomExchange> own = [.. Enumerable.Range(0, 1 + world.Random.Next(5))
                    .Select(number => new RandomExchange(world.Random, (i * 100) + number, maxBody))];
                own.ForEach(exchange => exchanges.Add(exchange.Target, exchange));
                world.Guard(async () =>
                {
                    await ClientAsync(world, own);
                    if (--left == 0)
                    {
                        all.Set();
                    }
                });
            }

            await all;
            foreach (RandomExchange exchange in exchanges.Values)
            {
                int seen = world.Servers.Sum(server => server.Seen.Count(request => request.Target == exchange.Target));
                seen.ShouldBeLessThanOrEqualTo(exchange.Method == "POST" ? 1 : 6, exchange.Method);
            }
        });

    private static async Flow ClientAsync(ProxyWorld world, List<RandomExchange> exchanges)
    {
        (ByteStream client, WireReader reader) = await world.ConnectAsync();
        byte[] requests = [.. exchanges.SelectMany(exchange => exchange.Request)];
        int end = world.Random.Next(3) == 0 ? world.Random.Next(requests.Length) : requests.Length;
        var sent = new LoopSignal(world.Loop);
        world.Guard(async () =>
        {
            await client.SendAllAsync(requests[..end]);
            await MisbehaveAsync(world, (SimulatedStream)client);
            sent.Set();
        });

        foreach (RandomExchange exchange in exchanges)
        {
            if (world.Random.Next(10) == 0)
            {
                await world.DelayAsync(world.Random.Next(40_000));
            }

            WireMessage? response = await reader.FinalResponseAsync(exchange.Method);
            if (response is null || !response.IsWhole)
            {
                break;
            }

            if (response.Field("x-id") is null)
            {
                response.Status.ShouldBeOneOf(OwnErrors);
                response.Field("proxy-status").ShouldNotBeNull();
            }
            else
            {
                exchange.CheckResponse(response);
            }

            if (response.Field("connection") == "close")
            {
                // A head that never came whole may be answered as if its method were another than HEAD.
                byte[] rest = await reader.ToEndAsync();
                (rest.Length == 0 || (exchange.Method == "HEAD" && response.Status is 400 or 408))
                    .ShouldBeTrue("nothing follows the last response");
                break;
            }
        }

        await sent;
        client.Close();
    }

    private static async Flow MisbehaveAsync(ProxyWorld world, SimulatedStream stream)
    {
        int kind = world.Random.Next(10);
        if (kind < 4)
        {
            await world.DelayAsync(world.Random.Next(world.Random.Next(3) == 0 ? 30_000 : 100));
        }

        switch (kind)
        {
            case 0:
                stream.Abort();
                break;
            case 1:
                stream.Close();
                break;
            case 2:
                stream.ShutdownSend();
                break;
            case 3:
                // Of a cut cable the client learns by its own patience.
                stream.Cut();
                await world.DelayAsync(world.Random.Next(100_000));
                stream.Abort();
                break;
            default:
                break;
        }
    }

    private static async Flow AnswerAsync(
        ProxyWorld world, Dictionary<string, RandomExchange> exchanges, WireServer server, ServerTurn turn)
    {
        RandomExchange exchange = exchanges[turn.Request.Target];
        if (!server.ScriptReadsBody)
        {
            exchange.CheckRequest(turn.Request);
        }

        byte[] response = exchange.Response;
        bool goesOn = !exchange.ServerCloses && !server.ScriptReadsBody;
        switch (world.Random.Next(12))
        {
            case 0:
                await turn.Stream.SendAllAsync(response[..world.Random.Next(response.Length)]);
                turn.Stream.Abort();
                return;
            case 1 when exchange.ResponseHasBody && !exchange.ServerCloses:
                await turn.Stream.SendAllAsync(response[..world.Random.Next(response.Length)]);
                turn.Stream.Close();
                return;
            case 2:
                await turn.Stream.SendAllAsync(response[..world.Random.Next(response.Length)]);
                await turn.Reader.ToEndAsync();
                turn.Stream.Close();
                return;
            case 3 when goesOn && world.Network.Options == SimulationOptions.Calm:
                // Bytes that nobody asked for, together with the response: they must reach no client. (Were they to come
                // later, HTTP/1.1 could not tell them from the response to the next request.)
                await turn.Stream.SendAllAsync([.. response, .. ProxyWorld.Bytes("HTTP/1.1 200 OK\r\nX-Id: evil\r\nContent-Length: 0\r\n\r\n")]);
                return;
            case 4:
                await turn.Loop.DelayAsync(world.Random.Next(100_000));
                break;
            case 5:
                ((SimulatedStream)turn.Stream).Cut();
                await turn.Loop.DelayAsync(200_000);
                turn.Stream.Abort();
                return;
            default:
                break;
        }

        await turn.Stream.SendAllAsync(response);
        if (!goesOn)
        {
            turn.Stream.Close();
        }
    }
}
