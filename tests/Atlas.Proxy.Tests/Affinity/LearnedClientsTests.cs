using Atlas.Proxy.Affinity;

namespace Atlas.Proxy.Tests.Affinity;

public sealed class LearnedClientsTests
{
    private const int TtlMs = 60_000;

    [Fact]
    public void Find_ALearnedClient_IsItsServer()
    {
        var clients = new LearnedClients(10, TtlMs);
        clients.Learn(1, "a", 0);
        clients.Learn(2, "b", 0);

        clients.Find(1, 0).ShouldBe("a");
        clients.Find(2, 0).ShouldBe("b");
        clients.Find(3, 0).ShouldBeNull();
    }

    [Fact]
    public void Learn_AClientAgain_MovesIt()
    {
        var clients = new LearnedClients(10, TtlMs);
        clients.Learn(1, "a", 0);
        clients.Learn(1, "b", 0);

        clients.Find(1, 0).ShouldBe("b");
        clients.Count.ShouldBe(1);
    }

    [Fact]
    public void Find_EachTime_KeepsTheClientForAnotherTime()
    {
        var clients = new LearnedClients(10, TtlMs);
        clients.Learn(1, "a", 0);

        clients.Find(1, TtlMs).ShouldBe("a");
        clients.Find(1, 2 * TtlMs).ShouldBe("a");
        clients.Find(1, (3 * TtlMs) + 1).ShouldBeNull();
    }

    [Fact]
    public void Learn_PastTheCapacity_ForgetsThoseUnusedForHalfTheTime()
    {
        var clients = new LearnedClients(2, TtlMs);
        clients.Learn(1, "a", 0);
        clients.Learn(2, "a", TtlMs / 2);
        clients.Learn(3, "a", (TtlMs / 2) + 1);

        clients.Find(1, (TtlMs / 2) + 1).ShouldBeNull();
        clients.Find(2, (TtlMs / 2) + 1).ShouldBe("a");
        clients.Find(3, (TtlMs / 2) + 1).ShouldBe("a");
    }

    [Fact]
    public void Learn_PastTheCapacityWithAllInUse_LearnsNothingNew()
    {
        var clients = new LearnedClients(2, TtlMs);
        for (ulong client = 1; client <= 3; client++)
        {
            clients.Learn(client, "a", 0);
        }

        clients.Count.ShouldBe(2);
        clients.Find(3, 0).ShouldBeNull();
    }

    [Fact]
    public void Find_ManyTimes_AllocatesNothing()
    {
        var clients = new LearnedClients(2, TtlMs);
        clients.Learn(1, "a", 0);

        Allocations.Of(() =>
        {
            for (int i = 0; i < 100; i++)
            {
                clients.Find(1, i);
            }
        }).ShouldBe(0);
    }
}
