using Atlas.Engine.Flows;
using Atlas.Engine.Streams;
using Atlas.Proxy.Tests.Sessions;
using Atlas.Simulation;

namespace Atlas.Proxy.Tests.UserSessions;

/// <summary>Two requests of one user at once, of which one has the session move to another id.</summary>
public sealed class UserSessionRaceTests : UserSessionScenario
{
    private const string Rotates = "Atlas-Session-Rotate: 1\r\n";

    [Fact]
    public void Renewal_WhileAnotherRequestRotates_DoesNotBringTheOldIdBack() => ForSeeds(Shop, async (world, store) =>
    {
        string id = await BeginAsync(world, "one");
        await world.DelayAsync(61_000);
        ResultFlow<WireMessage> slow = BeginSlowAsync(world, id, Plain);
        await world.DelayAsync(5_000);
        string next = await RotateAsync(world, id, Rotates);
        WireMessage late = await slow;

        next.ShouldNotBe(id);
        store.Renewals.ShouldBe(1);
        CookieOf(late).ShouldBeNull();

        // Nor is the knowledge kept for longer that the session has moved.
        await world.DelayAsync(31_000);
        Answer(world, _ => Response($"Atlas-Session: {Text("two")}\r\n"));
        CookieOf(await AskAsync(world, id)).ShouldNotBeNull().ShouldNotBe(next);
    });

    [Fact]
    public void End_WhileAnotherRequestRotates_IsAConflict() => ForSeeds(Shop, async (world, _) =>
    {
        string id = await BeginAsync(world, "one");
        ResultFlow<WireMessage> slow = BeginSlowAsync(world, id, Response("Atlas-Session: \r\n"), status: 409);
        await world.DelayAsync(5_000);
        string next = await RotateAsync(world, id, Rotates);
        WireMessage late = await slow;

        late.Field("atlas-conflict").ShouldBe("session");
        late.Field("set-cookie").ShouldBeNull();

        // It is ended by the request that is sent again with the id that it has now.
        Answer(world, _ => Response("Atlas-Session: \r\n"));
        await AskAsync(world, next);
        Contents(Seen[^1]).ShouldBe("one");
        Answer(world, _ => Plain);
        await AskAsync(world, next);
        Contents(Seen[^1]).ShouldBeEmpty();
    });

    [Fact]
    public void End_OfASessionThatHasJustMoved_IsAConflict() => ForSeeds(Shop, async (world, _) =>
    {
        string id = await BeginAsync(world, "one");
        await RotateAsync(world, id, Rotates);
        Answer(world, _ => Response("Atlas-Session: \r\n"));

        (await AskAsync(world, id, status: 409)).Field("atlas-conflict").ShouldBe("session");
        await world.DelayAsync(31_000);
        (await AskAsync(world, id)).Field("set-cookie").ShouldStartWith("sid=;");
    });

    [Fact]
    public void RotateWithContents_WhileAnotherRequestWrites_IsTheLastThatWins() => ForSeeds(Shop, async (world, store) =>
    {
        string id = await BeginAsync(world, "one");
        ResultFlow<WireMessage> slow = BeginSlowAsync(world, id, Response($"{Rotates}Atlas-Session: {Text("three")}\r\n"));
        await world.DelayAsync(5_000);
        await WriteAsync(world, id, "two");
        string next = CookieOf(await slow).ShouldNotBeNull();
        Answer(world, _ => Plain);
        await AskAsync(world, next);

        Contents(Seen[^1]).ShouldBe("three");
        store.Inner.Table.Count.ShouldBe(2);
    });

    [Fact]
    public void RotateWithoutContents_WhileAnotherRequestWrites_IsAConflict() => ForSeeds(Shop, async (world, _) =>
    {
        string id = await BeginAsync(world, "one");
        ResultFlow<WireMessage> slow = BeginSlowAsync(world, id, Response(Rotates), status: 409);
        await world.DelayAsync(5_000);
        await WriteAsync(world, id, "two");
        (await slow).Field("set-cookie").ShouldBeNull();
        Answer(world, _ => Plain);
        await AskAsync(world, id);

        Contents(Seen[^1]).ShouldBe("two");
    });

    [Theory]
    [InlineData("")]
    [InlineData(Rotates)]
    public void Write_OfAStoredSessionThatExpectsNone_IsAConflict(string rotates) => ForSeeds(Shop, async (world, _) =>
    {
        string id = await BeginAsync(world, "one");
        Answer(world, _ => Response($"{rotates}Atlas-Session: {Text("two")}\r\nAtlas-Session-Version: 0\r\n"));
        await AskAsync(world, id, status: 409);
        Answer(world, _ => Plain);
        await AskAsync(world, id);

        Contents(Seen[^1]).ShouldBe("one");
    });

    [Fact]
    public void Write_OfANewSessionThatExpectsOne_IsAConflict() => ForSeeds(Shop, async (world, store) =>
    {
        Answer(world, _ => Response($"Atlas-Session: {Text("one")}\r\nAtlas-Session-Version: 00000000000000ff\r\n"));

        await AskAsync(world, status: 409);

        store.Inner.Table.Count.ShouldBe(0);
    });

    [Fact]
    public void Write_WhileTheRequestsBodyGoesWrong_TellsTheClientOfItsSession() => ForSeeds(Shop, async (world, store) =>
    {
        foreach (WireServer server in world.Servers)
        {
            server.ScriptReadsBody = true;
        }

        Answer(world, _ => Response($"Atlas-Session: {Text("one")}\r\n"));
        store.AnswerMs = 10_000;
        (ByteStream client, WireReader reader) = await world.ConnectAsync();
        await client.SendAllAsync(ProxyWorld.Bytes("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"));
        await world.DelayAsync(5_000);
        await client.SendAllAsync(ProxyWorld.Bytes("no chunk\r\n"));
        WireMessage answer = (await reader.ResponseAsync("POST")).ShouldNotBeNull();
        client.Close();

        answer.Status.ShouldBe(400);
        string id = CookieOf(answer).ShouldNotBeNull();
        store.AnswerMs = 1;
        await AskAsync(world, id);
        Contents(Seen[^1]).ShouldBe("one");
    });

    private async ResultFlow<string> RotateAsync(ProxyWorld world, string id, string fields)
    {
        Answer(world, _ => Response(fields));
        return CookieOf(await AskAsync(world, id)).ShouldNotBeNull();
    }

    private async Flow WriteAsync(ProxyWorld world, string id, string contents)
    {
        Answer(world, _ => Response($"Atlas-Session: {Text(contents)}\r\n"));
        await AskAsync(world, id);
    }

    // A request that has reached its server, which answers once the test's next ones are long done.
    private ResultFlow<WireMessage> BeginSlowAsync(ProxyWorld world, string id, string answer, int status = 200)
    {
        foreach (WireServer server in world.Servers)
        {
            server.Script = async turn =>
            {
                Seen.Add(turn.Request);
                if (turn.Request.Target != "/slow")
                {
                    await turn.SendAsync(Plain);
                    return;
                }

                await world.DelayAsync(20_000);
                await turn.SendAsync(answer);
            };
        }

        return AskSlowAsync(world, id, status);
    }

    private static ResultFlow<WireMessage> AskSlowAsync(ProxyWorld world, string id, int status) =>
        world.AskAsync(Request(id).Replace("GET /", "GET /slow", StringComparison.Ordinal), status);
}
