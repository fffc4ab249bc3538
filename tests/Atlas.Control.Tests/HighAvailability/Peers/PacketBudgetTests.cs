using Atlas.Control.HighAvailability.Peers;

namespace Atlas.Control.Tests.HighAvailability.Peers;

public sealed class PacketBudgetTests
{
    [Fact]
    public void TryTake_OfEachAddress_IsASecondsWorthAndOneMoreIsRefused()
    {
        var budget = new PacketBudget();
        for (int i = 0; i < PacketBudget.Others; i++)
        {
            budget.TryTake(null, 0).ShouldBeTrue();
        }

        budget.TryTake(null, 0).ShouldBeFalse();
        for (int i = 0; i < PacketBudget.PerPeer; i++)
        {
            budget.TryTake("b", 0).ShouldBeTrue("a flood from elsewhere takes nothing from a peer");
        }

        budget.TryTake("b", 0).ShouldBeFalse();
        budget.TryTake("c", 0).ShouldBeTrue();
        budget.TryTake("b", 1_000_000 / PacketBudget.PerPeer).ShouldBeTrue();
        budget.TryTake("b", 1_000_000 / PacketBudget.PerPeer).ShouldBeFalse();
        budget.TryTake(null, 1_000_000 / PacketBudget.Others).ShouldBeTrue();
    }
}
