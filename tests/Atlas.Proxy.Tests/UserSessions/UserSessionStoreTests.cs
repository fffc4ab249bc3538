using System.Globalization;
using Atlas.Core.Configuration;
using Atlas.Engine.Streams;
using Atlas.Proxy.Errors;
using Atlas.Proxy.Metrics;
using Atlas.Proxy.Stores;
using Atlas.Proxy.Tests.Sessions;
using Atlas.Proxy.UserSessions;
using Atlas.Simulation;

namespace Atlas.Proxy.Tests.UserSessions;

/// <summary>Sessions whose store is away, is full, or is asked for a client that leaves.</summary>
public sealed class UserSessionStoreTests : UserSessionScenario
{
    [Fact]
    public void Store_IsAwayAndTheSessionFails_IsAnswered503AndReachesNoServer() => ForSeeds(Shop, async (world, store) =>
    {
        string id = await BeginAsync(world, "one");
        int seen = Seen.Count;
        store.IsAway = true;

        WireMessage answer = await AskAsync(world, id, status: 503);
        store.IsAway = false;
        await AskAsync(world, id);

        answer.Field("retry-after").ShouldBe("1");
        Seen.Count.ShouldBe(seen + 1);
        Contents(Seen[^1]).ShouldBe("one");
    });

    [Fact]
    public void Client_ThatLeavesWhileItsSessionIsRead_IsNoFailureOfTheStore()
    {
        var metrics = new SessionMetrics(Shop.Name, workers: 1);
        ForSeeds(
            Shop,
            metrics: metrics,
            scenario: async (world, store) =>
            {
                string id = await BeginAsync(world, "one");
                int seen = Seen.Count;
                long cancelled = metrics.Read(SessionOperation.Load, StoreResult.Cancelled);
                store.AnswerMs = 10_000;
                (ByteStream client, _) = await world.ConnectAsync();
                await client.SendAllAsync(ProxyWorld.Bytes(Request(id)));
                await world.DelayAsync(100);
                client.Close();
                await world.DelayAsync(100);

                Seen.Count.ShouldBe(seen);
                world.Front.Snapshot.Metrics!.Errors(ProxyError.ClientClosed).ShouldBe(1);
                world.Front.Snapshot.Metrics.Errors(ProxyError.StoreUnavailable).ShouldBe(0);
                metrics.Read(SessionOperation.Load, StoreResult.Cancelled).ShouldBe(cancelled + 1);
            });
    }

    [Fact]
    public void Store_IsAwayAtTheWrite_GivesTheClientNoAnswerThatPromisesIt() => ForSeeds(Shop, async (world, store) =>
    {
        Answer(world, _ =>
        {
            store.IsAway = true;
            return Response($"Atlas-Session: {Text("x")}\r\n");
        });

        (await AskAsync(world, status: 503)).Field("set-cookie").ShouldBeNull();
    });

    [Fact]
    public void Store_IsAwayAndTheSessionMayBeEmpty_GoesOnAndOverwritesNothing() => ForSeeds(
        Shop with { OnStoreFailure = StoreFailureAction.Empty },
        async (world, store) =>
        {
            string id = await BeginAsync(world, "one");
            store.IsAway = true;
            Answer(world, _ => Response($"Atlas-Session: {Text("two")}\r\n"));

            WireMessage answer = await AskAsync(world, id);
            store.IsAway = false;
            Answer(world, _ => Plain);
            await AskAsync(world, id);

            answer.Field("set-cookie").ShouldBeNull();
            Contents(Seen[^2]).ShouldBeEmpty();
            Contents(Seen[^1]).ShouldBe("one");
        });

    [Fact]
    public void Session_ThatIsFull_IsToldUntilOneWasStoredTenSecondsLater()
    {
        var state = new StoreState(new StoreConfig { Name = "here" }, redis: null, workers: 1);
        ForSeeds(Shop, maxBytes: 1_000, scenario: async (world, store) =>
        {
            store.Inner.Fullness = new MemoryFullness(state, "shop");
            string first = await BeginAsync(world, "one");
            state.Health.ShouldBe(StoreHealth.Up);
            Answer(world, _ => Response($"Atlas-Session: {Text(new string('x', 900))}\r\n"));
            await AskAsync(world, status: 503);
            var full = new StoreHealth(StoreCondition.Refusing, "session 'shop' has used up its max_memory: no other session begins");
            state.Health.ShouldBe(full);

            Answer(world, _ => Response($"Atlas-Session: {Text("two")}\r\n"));
            await AskAsync(world, first);
            state.Health.ShouldBe(full, "another may be refused the next moment");
            await world.DelayAsync(10_000);
            await AskAsync(world, first);
            state.Health.ShouldBe(StoreHealth.Up);
        });
    }

    [Fact]
    public void Cookie_OfASessionWhoseLifetimeEnds_EndsWithIt() => ForSeeds(Shop with { LifetimeSeconds = 3_600 }, async (world, store) =>
    {
        Answer(world, _ => Response($"Atlas-Session: {Text("one")}\r\n"));
        WireMessage first = await AskAsync(world);
        store.AgeSeconds = 3_000;
        WireMessage second = await AskAsync(world, CookieOf(first));

        MaxAgeOf(first).ShouldBe(1_800);
        MaxAgeOf(second).ShouldBeInRange(590, 600, "ten minutes are left of its lifetime, less what the test takes");
    });

    [Fact]
    public void Session_ThatIsFull_TakesNothingNewAndKeepsWhatItHas() => ForSeeds(Shop, maxBytes: 1_000, scenario: async (world, _) =>
    {
        string first = await BeginAsync(world, "one");
        Answer(world, _ => Response($"Atlas-Session: {Text(new string('x', 600))}\r\n"));

        await AskAsync(world, status: 503);
        Answer(world, _ => Plain);
        await AskAsync(world, first);

        Contents(Seen[^1]).ShouldBe("one");
    });

    private static int MaxAgeOf(WireMessage answer) => int.Parse(
        answer.Field("set-cookie").ShouldNotBeNull().Split("; ").Single(part => part.StartsWith("Max-Age="))["Max-Age=".Length..], CultureInfo.InvariantCulture);
}
