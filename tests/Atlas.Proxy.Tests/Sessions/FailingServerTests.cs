using Atlas.Engine.Flows;
using Atlas.Engine.Streams;
using Atlas.Simulation;

namespace Atlas.Proxy.Tests.Sessions;

/// <summary>Servers that fail at each phase of an exchange.</summary>
public sealed class FailingServerTests
{
    private const int Seeds = 24;
    private const string WholeResponse = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789";
    private const string ChunkedResponse = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n01234\r\n5\r\n56789\r\n0\r\n\r\n";

    public enum Failure
    {
        Refuses,
        EndsOnAccept,
        EndsAfterTheHead,
        EndsAfterTheRequest,
        EndsWithinTheHead,
        EndsWithinTheBody,
        EndsWithinAChunk,
        SendsGarbage,
    }

    public static TheoryData<Failure, bool> Failures()
    {
        var data = new TheoryData<Failure, bool>();
        foreach (Failure failure in Enum.GetValues<Failure>())
        {
            data.Add(failure, false);
            data.Add(failure, true);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Failures))]
    public void Session_TheOnlyServerFails_TheClientLearnsOfIt(Failure failure, bool resets) => ProxyWorld.ForSeeds(
        Seeds,
        seed => new ProxyWorld(seed),
        async world =>
        {
            Arrange(world, world.Server, failure, resets);
            string method = world.Random.Next(2) == 0 ? "GET" : "POST";
            (ByteStream client, WireReader reader) = await world.ConnectAsync();
            await client.SendAllAsync(Request(method, "/a"));
            WireMessage response = (await reader.ResponseAsync(method)).ShouldNotBeNull();
            if (failure is Failure.EndsWithinTheBody or Failure.EndsWithinAChunk)
            {
                response.Status.ShouldBe(200);
                response.IsWhole.ShouldBeFalse("what was cut must not look whole");
                reader.Last.ShouldBeLessThanOrEqualTo(0);
            }
            else
            {
                response.Status.ShouldBe(502);
                response.IsWhole.ShouldBeTrue();
                response.Field("proxy-status").ShouldNotBeNull();
            }

            world.Server.Seen.Count.ShouldBeLessThanOrEqualTo(1);
            world.Network.ElapsedMs.ShouldBeLessThan(5_000, "nothing waits for a timeout");
        });

    [Theory]
    [MemberData(nameof(Failures))]
    public void Session_OneOfTwoServersFails_OnlyWhatMayBeRepeatedIs(Failure failure, bool resets) => ProxyWorld.ForSeeds(
        Seeds,
        seed => new ProxyWorld(seed, servers: 2),
        async world =>
        {
            Arrange(world, world.Servers[0], failure, resets);
            (ByteStream client, WireReader reader) = await world.ConnectAsync();
            for (int i = 0; i < 6; i++)
            {
                string method = world.Random.Next(2) == 0 ? "GET" : "POST";
                string target = $"/{i}";
                if (!await client.SendAllAsync(Request(method, target)))
                {
                    (client, reader) = await world.ConnectAsync();
                    await client.SendAllAsync(Request(method, target));
                }

                WireMessage response = (await reader.ResponseAsync(method)).ShouldNotBeNull();
                int seen = world.Servers.Sum(server => server.Seen.Count(request => request.Target == target));
                bool beforeTheHead = failure is not (Failure.EndsWithinTheBody or Failure.EndsWithinAChunk
                    or Failure.EndsWithinTheHead or Failure.SendsGarbage);
                if (method == "POST")
                {
                    seen.ShouldBeLessThanOrEqualTo(1, "RFC 9110 9.2.2: never automatically twice");
                }
                else if (beforeTheHead)
                {
                    response.Status.ShouldBe(200, "a request that may be repeated is, at the other server");
                }

                if (failure == Failure.Refuses)
                {
                    response.Status.ShouldBe(200, "no byte had left, so any method may be repeated");
                }

                if (!response.IsWhole || response.Field("connection") == "close")
                {
                    client.Close();
                    (client, reader) = await world.ConnectAsync();
                }
            }
        });

    private static byte[] Request(string method, string target) => ProxyWorld.Bytes(method == "POST"
        ? $"POST {target} HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"
        : $"{method} {target} HTTP/1.1\r\nHost: a\r\n\r\n");

    private static void Arrange(ProxyWorld world, WireServer server, Failure failure, bool resets)
    {
        void End(ServerTurn turn)
        {
            if (resets)
            {
                turn.Stream.Abort();
            }
            else
            {
                turn.Stream.Close();
            }
        }

        async Flow Send(ServerTurn turn, string text)
        {
            await turn.SendAsync(text);

            // A reset overtakes and destroys what is on its way.
            await turn.Loop.DelayAsync(world.Random.Next(resets ? 1_500 : 2));
            End(turn);
        }

        switch (failure)
        {
            case Failure.Refuses:
                server.Listener.Refuses = true;
                break;
            case Failure.EndsOnAccept:
                server.OnConnect = async turn =>
                {
                    await turn.Loop.DelayAsync(world.Random.Next(3));
                    End(turn);
                    return true;
                };
                break;
            case Failure.EndsAfterTheHead:
                server.ScriptReadsBody = true;
                server.Script = async turn => End(turn);
                break;
            case Failure.EndsAfterTheRequest:
                server.Script = async turn => End(turn);
                break;
            case Failure.EndsWithinTheHead:
                server.Script = turn => Send(turn, WholeResponse[..(1 + world.Random.Next(WholeResponse.IndexOf("\r\n\r\n", StringComparison.Ordinal)))]);
                break;
            case Failure.EndsWithinTheBody:
                server.Script = turn => SendSlowly(turn, WholeResponse);
                break;
            case Failure.EndsWithinAChunk:
                server.Script = turn => SendSlowly(turn, ChunkedResponse);
                break;
            case Failure.SendsGarbage:
                server.Script = turn => Send(turn, "HTTP/1.1 2x0 What\r\n\r\n");
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(failure));
        }

        // The head arrives before the reset, so that the client may see it.
        async Flow SendSlowly(ServerTurn turn, string text)
        {
            int head = text.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4;
            await turn.SendAsync(text[..(head + world.Random.Next(text.Length - head))]);
            await turn.Loop.DelayAsync(1_500);
            End(turn);
        }
    }
}
