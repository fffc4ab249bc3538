using System.Text;
using Atlas.Core.Sessions;
using Atlas.Proxy.Tests.Sessions;

namespace Atlas.Proxy.Tests.UserSessions;

/// <summary>Sessions kept outside the servers: what servers get and write, and what clients see.</summary>
public sealed class UserSessionTests : UserSessionScenario
{
    [Fact]
    public void Request_OfANewClient_GetsAnIdAndNoContents() => ForSeeds(Shop, async (world, _) =>
    {
        WireMessage answer = await AskAsync(world);

        WireMessage request = Seen.ShouldHaveSingleItem();
        request.Field("atlas-session").ShouldBeNull();
        request.Field("atlas-session-version").ShouldBe("0");
        SessionId.TryParse(Encoding.ASCII.GetBytes(request.Field("atlas-session-id")!), out SessionId _).ShouldBeTrue();
        answer.Field("set-cookie").ShouldBeNull();
    });

    [Fact]
    public void Contents_OfOneServer_ReachTheOthers() => ForSeeds(Shop, async (world, _) =>
    {
        Answer(world, request => Response($"Atlas-Session: {Text(Contents(request) + "x")}\r\n"));
        string? cookie = null;
        for (int i = 0; i < 7; i++)
        {
            WireMessage answer = await AskAsync(world, cookie);
            answer.Fields.ShouldNotContain(field => field.Name.StartsWith("atlas-session", StringComparison.OrdinalIgnoreCase));
            string id = CookieOf(answer).ShouldNotBeNull();
            answer.Field("set-cookie").ShouldBe($"sid={id}; Path=/; Max-Age=1800; HttpOnly; SameSite=Lax");
            (cookie ?? id).ShouldBe(id);
            cookie = id;
        }

        Seen.Select(Contents).Order(StringComparer.Ordinal).ShouldBe(["", "x", "xx", "xxx", "xxxx", "xxxxx", "xxxxxx"]);
        Seen.ShouldAllBe(request => request.Field("atlas-session-id") == cookie);
        world.Servers.ShouldAllBe(server => server.Seen.Count >= 2);
    });

    [Fact]
    public void Contents_AsLargeAsMayBe_GoThrough() => ForSeeds(Shop, seeds: 2, scenario: async (world, _) =>
    {
        string contents = new('c', Shop.MaxSizeBytes);
        Answer(world, request => Contents(request).Length > 0 ? Plain : Response($"Atlas-Session: {Text(contents)}\r\n"));

        string? cookie = CookieOf(await AskAsync(world));
        await AskAsync(world, cookie);

        Contents(Seen[^1]).ShouldBe(contents);
    });

    [Theory]
    [InlineData("Atlas-Session: ZXZpbA\r\n")]
    [InlineData("atlas-session-id: ZXZpbA\r\nATLAS-SESSION-VERSION: 7\r\nAtlas-Session-Anything: x\r\n")]
    public void Fields_OfAClient_DoNotReachServers(string fields) => ForSeeds(Shop, async (world, _) =>
    {
        await world.AskAsync($"GET / HTTP/1.1\r\nHost: a\r\n{fields}\r\n", 200);

        WireMessage request = Seen.ShouldHaveSingleItem();
        request.Fields.Count(field => field.Name.StartsWith("atlas-session", StringComparison.OrdinalIgnoreCase)).ShouldBe(2);
        request.Fields.ShouldAllBe(field => field.Value != "ZXZpbA" && field.Value != "7");
    });

    [Fact]
    public void EmptyContents_EndTheSession() => ForSeeds(Shop, async (world, store) =>
    {
        string id = await BeginAsync(world, "full");
        Answer(world, _ => Response("Atlas-Session: \r\n"));

        WireMessage answer = await AskAsync(world, id);
        Answer(world, _ => Plain);
        await AskAsync(world, id);

        answer.Field("set-cookie").ShouldBe("sid=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax");
        store.Inner.Table.Count.ShouldBe(0);
        Contents(Seen[^1]).ShouldBeEmpty();
        Seen[^1].Field("atlas-session-id").ShouldNotBe(id);
    });

    [Theory]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAB")]
    [InlineData("short")]
    public void Id_ThatTheClientChose_IsNotTaken(string id) => ForSeeds(Shop, async (world, _) =>
    {
        Answer(world, _ => Response($"Atlas-Session: {Text("x")}\r\n"));

        string? given = CookieOf(await AskAsync(world, id));

        given.ShouldNotBeNull();
        given.ShouldNotBe(id);
        Seen[0].Field("atlas-session-id").ShouldBe(given);
    });

    [Fact]
    public void Write_ThatExpectsAnotherVersion_IsAConflict() => ForSeeds(Shop, async (world, _) =>
    {
        string id = await BeginAsync(world, "one");
        await AskAsync(world, id);
        string version = Seen[^1].Field("atlas-session-version").ShouldNotBeNull();
        Answer(world, _ => Response($"Atlas-Session: {Text("two")}\r\nAtlas-Session-Version: {version}\r\n"));

        await AskAsync(world, id);
        WireMessage conflict = await AskAsync(world, id, status: 409);

        conflict.Field("atlas-conflict").ShouldBe("session");
        Answer(world, _ => Plain);
        await AskAsync(world, id);
        Contents(Seen[^1]).ShouldBe("two");
    });

    [Fact]
    public void Write_OfASessionThatWasEndedMeanwhile_BringsItNotBack() => ForSeeds(Shop, async (world, store) =>
    {
        string id = await BeginAsync(world, "one");
        Answer(world, _ =>
        {
            store.Lose();
            return Response($"Atlas-Session: {Text("two")}\r\n");
        });

        await AskAsync(world, id, status: 409);

        store.Inner.Table.Count.ShouldBe(0);
    });

    [Theory]
    [InlineData(true, false)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    public void Rotate_MovesTheSessionToAnotherId(bool writes, bool expects) => ForSeeds(Shop, async (world, store) =>
    {
        string id = await BeginAsync(world, "one");
        Answer(world, request => Response(
            "Atlas-Session-Rotate: 1\r\n"
            + (writes ? $"Atlas-Session: {Text("two")}\r\n" : "")
            + (expects ? $"Atlas-Session-Version: {request.Field("atlas-session-version")}\r\n" : "")));

        string next = CookieOf(await AskAsync(world, id)).ShouldNotBeNull();
        Answer(world, _ => Plain);
        await AskAsync(world, next);
        string contents = Contents(Seen[^1]);
        await AskAsync(world, id);

        next.ShouldNotBe(id);
        contents.ShouldBe(writes ? "two" : "one");
        Contents(Seen[^1]).ShouldBeEmpty();

        // The session, and for a while the knowledge that it has moved.
        store.Inner.Table.Count.ShouldBe(2);
    });

    [Fact]
    public void Rotate_WhileAnotherRequestIsUnderWay_LetsThatWriteNothing() => ForSeeds(Shop, async (world, store) =>
    {
        string id = await BeginAsync(world, "one");
        Answer(world, _ => Response("Atlas-Session-Rotate: 1\r\n"));
        string next = CookieOf(await AskAsync(world, id)).ShouldNotBeNull();
        Answer(world, _ => Response($"Atlas-Session: {Text("late")}\r\n"));

        WireMessage late = await AskAsync(world, id, status: 409);
        Answer(world, _ => Plain);
        await AskAsync(world, next);

        late.Field("set-cookie").ShouldBeNull();
        Contents(Seen[^1]).ShouldBe("one");
    });

    [Fact]
    public void Rotate_OfASessionThatWasEndedMeanwhile_BringsItNotBack() => ForSeeds(Shop, async (world, store) =>
    {
        string id = await BeginAsync(world, "one");
        Answer(world, _ =>
        {
            store.Lose();
            return Response("Atlas-Session-Rotate: 1\r\n");
        });

        await AskAsync(world, id, status: 409);

        store.Inner.Table.Count.ShouldBe(0);
    });

    [Fact]
    public void EmptyContents_ThatExpectAnotherVersion_EndNothing() => ForSeeds(Shop, async (world, _) =>
    {
        string id = await BeginAsync(world, "one");
        Answer(world, _ => Response("Atlas-Session: \r\nAtlas-Session-Version: 00000000000000ff\r\n"));

        await AskAsync(world, id, status: 409);
        Answer(world, _ => Plain);
        await AskAsync(world, id);

        Contents(Seen[^1]).ShouldBe("one");
    });

    [Fact]
    public void Fields_InTrailers_GoNeitherWay() => ForSeeds(Shop, async (world, store) =>
    {
        Answer(world, _ => $"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nAtlas-Session: {Text("x")}\r\nX-A: b\r\n\r\n");

        WireMessage answer = await world.AskAsync(
            "POST / HTTP/1.1\r\nHost: a\r\nTE: trailers\r\nConnection: te\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\natlas-session-id: z\r\nX-C: d\r\n\r\n", 200, "POST");

        answer.Trailers.ShouldBe([("X-A", "b")]);
        Seen[0].Trailers.ShouldBe([("X-C", "d")]);
        store.Inner.Table.Count.ShouldBe(0);
    });

    [Theory]
    [InlineData("Atlas-Session: not!base64\r\n")]
    [InlineData("Atlas-Session: eA\r\nAtlas-Session: eQ\r\n")]
    [InlineData("Atlas-Session: eA\r\nAtlas-Session-Version: 7\r\n")]
    [InlineData("Atlas-Session: AAAAAAAAAAAAAAAAAAAAAAAA\r\n")]
    public void Contents_ThatAreNone_AreTheServersFault(string fields) => ForSeeds(Shop with { MaxSizeBytes = 16 }, async (world, store) =>
    {
        Answer(world, _ => Response(fields));

        await AskAsync(world, status: 502);

        store.Inner.Table.Count.ShouldBe(0);
    });

    [Fact]
    public void Session_InUse_IsRenewedOnceAMinute() => ForSeeds(Shop with { TtlSeconds = 600 }, async (world, store) =>
    {
        string id = await BeginAsync(world, "one");
        for (int i = 0; i < 20; i++)
        {
            await world.DelayAsync(50_000);
            await AskAsync(world, id);
        }

        store.Renewals.ShouldBeInRange(8, 11);
        Contents(Seen[^1]).ShouldBe("one");
        await world.DelayAsync(601_000);
        await AskAsync(world, id);
        Contents(Seen[^1]).ShouldBeEmpty();
    });

    [Fact]
    public void Renewal_TellsTheClient() => ForSeeds(Shop with { TtlSeconds = 600 }, async (world, _) =>
    {
        string id = await BeginAsync(world, "one");
        (await AskAsync(world, id)).Field("set-cookie").ShouldBeNull();
        await world.DelayAsync(61_000);

        CookieOf(await AskAsync(world, id)).ShouldBe(id);
    });

    [Fact]
    public void Upgrade_WritesTheSessionToo() => ForSeeds(Shop, async (world, store) =>
    {
        Answer(world, _ => $"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\nAtlas-Session: {Text("one")}\r\n\r\n");

        WireMessage answer = await world.AskAsync("GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n", 101);

        CookieOf(answer).ShouldNotBeNull();
        answer.Field("atlas-session").ShouldBeNull();
        store.Inner.Table.Count.ShouldBe(1);
    });
}
