using Atlas.Core.Balancing;
using Atlas.Core.Configuration;
using Atlas.Core.Health;
using CsCheck;

namespace Atlas.Core.Tests.Balancing;

public sealed class RosterTests
{
    /// <summary>One server beside one that is usable, without panic: R ready, D drain, M maintenance; u up, d down; e
    /// ejected.</summary>
    [Theory]
    [InlineData("Ru", 1, true)]
    [InlineData("Ru", 0, false)]
    [InlineData("Rue", 1, false)]
    [InlineData("Rd", 1, false)]
    [InlineData("Rde", 1, false)]
    [InlineData("Du", 1, false)]
    [InlineData("Dd", 1, false)]
    [InlineData("Mu", 1, false)]
    [InlineData("Md", 1, false)]
    public void Build_OneServersState_DecidesWhetherItTakesRequests(string state, int weight, bool isMember)
    {
        BalancedServer server = Server(state, weight);

        Roster roster = Build([new("a"), server], panic: 0);

        roster.Group.ShouldBe(RosterGroup.Primary);
        roster.Members.ToArray().ShouldBe(isMember ? [0, 1] : [0]);
        Roster.IsUsable(server).ShouldBe(isMember);
        roster.IsHealthy(1).ShouldBe(isMember);
    }

    /// <summary>Who takes requests, by all servers' states; x after a state: out of reach; b: a backup. Weight 1 each, panic below 50 %.</summary>
    [Theory]
    [InlineData("Ru Ru Rub", RosterGroup.Primary, "0 1")]
    [InlineData("Ru Rd Rub", RosterGroup.Primary, "0")]
    [InlineData("Ru Rd Rd Rub", RosterGroup.Primary, "0")]
    [InlineData("Rd Rd Rub Rub", RosterGroup.Backup, "2 3")]
    [InlineData("Du Rd Rub Rdb", RosterGroup.Backup, "2")]
    [InlineData("Du Mu Rub", RosterGroup.Backup, "2")]
    [InlineData("Ru Rd", RosterGroup.Primary, "0")]
    [InlineData("Ru Rd Rd", RosterGroup.Panic, "0 1 2")]
    [InlineData("Ru Rue Rde", RosterGroup.Panic, "0 1 2")]
    [InlineData("Rd Rd Rdb", RosterGroup.Panic, "0 1")]
    [InlineData("Ru Rd Rd Rdb", RosterGroup.Panic, "0 1 2")]
    [InlineData("Rd Rd Dd Mu", RosterGroup.Panic, "0 1")]
    [InlineData("Ru Rd Du Du", RosterGroup.Primary, "0")]
    [InlineData("Ru Rdx Rdx", RosterGroup.Panic, "0")]
    [InlineData("Ru Rd Rdx", RosterGroup.Panic, "0 1")]
    [InlineData("Ru Rue Rdx", RosterGroup.Panic, "0 1")]
    [InlineData("Rd Rdx Rdx", RosterGroup.Panic, "0")]
    [InlineData("Ru Rux Rdx Rd Rd", RosterGroup.Panic, "0 1 3 4")]
    [InlineData("Rdx Rdx Rdx", RosterGroup.Panic, "0 1 2")]
    [InlineData("Rdx Rdx Dd Rdb", RosterGroup.Panic, "0 1")]
    [InlineData("Du Mu", RosterGroup.None, "")]
    [InlineData("Du Rdb", RosterGroup.None, "")]
    public void Build_StatesOfAPool_GiveItsGroup(string states, RosterGroup group, string members)
    {
        Roster roster = Build([.. states.Split(' ').Select(state => Server(state, 1))], panic: 0.5);

        roster.Group.ShouldBe(group);
        string.Join(' ', roster.Members.ToArray()).ShouldBe(members);
        roster.TotalWeight.ShouldBe(roster.Members.Length);
    }

    [Theory]
    [InlineData(0, RosterGroup.None)]
    [InlineData(0.01, RosterGroup.Panic)]
    public void Build_AllDown_IsPanicUnlessThatIsOff(double panic, RosterGroup group) =>
        Build([Server("Rd", 1), Server("Rd", 1)], panic).Group.ShouldBe(group);

    [Theory]
    [InlineData(49, RosterGroup.Panic)]
    [InlineData(50, RosterGroup.Primary)]
    public void Build_UsableWeightAtTheThreshold_IsNoPanicYet(int usable, RosterGroup group) =>
        Build([Server("Ru", usable), Server("Rd", 100 - usable)], panic: 0.5).Group.ShouldBe(group);

    /// <summary>Against the rules as the documentation has them, read one server at a time.</summary>
    [Fact]
    public void Build_AnyPool_FollowsTheRules() => Gen.Select(Pools.Any, Gen.Double[0, 1]).Sample((servers, panic) =>
    {
        BalancedServer[] ready = [.. servers.Where(s => s.Admin == AdminState.Ready && s.Weight > 0)];
        BalancedServer[] usable = [.. ready.Where(s => s.IsUp && !s.IsEjected)];
        BalancedServer[] primaries = [.. ready.Where(s => !s.IsBackup)];
        BalancedServer[] usablePrimaries = [.. usable.Where(s => !s.IsBackup)];
        BalancedServer[] inReach = [.. primaries.Where(s => s.IsUp || !s.IsUnreachable)];
        bool isEnough = usablePrimaries.Sum(s => s.Weight) >= panic * primaries.Sum(s => s.Weight);
        BalancedServer[] expected =
            usablePrimaries.Length > 0 && (isEnough || usable.Length > usablePrimaries.Length) ? usablePrimaries
            : usable.Length > usablePrimaries.Length ? [.. usable.Where(s => s.IsBackup)]
            : panic > 0 ? inReach.Length > 0 ? inReach : primaries
            : usablePrimaries;

        Roster roster = Build(servers, panic);

        roster.Weights.ToArray().ShouldBe([.. servers.Select(s => expected.Contains(s) ? s.Weight : 0)]);
        roster.Members.ToArray().Select(i => servers[i]).ShouldBe(expected);
        roster.TotalWeight.ShouldBe(expected.Sum(s => s.Weight));
        roster.NextChangeMs.ShouldBe(long.MaxValue);
        roster.IsSameAs(Build(servers, panic)).ShouldBeTrue();
    });

    private static Roster Build(BalancedServer[] servers, double panic) =>
        Roster.Build(servers, new RosterOptions(panic, SlowStartMs: 60_000), nowMs: 0);

    private static BalancedServer Server(string state, int weight)
    {
        var server = new BalancedServer(state)
        {
            Admin = state[0] == 'R' ? AdminState.Ready : state[0] == 'D' ? AdminState.Drain : AdminState.Maintenance,
            IsUp = state[1] == 'u',
            IsEjected = state.Contains('e', StringComparison.Ordinal),
            IsUnreachable = state.Contains('x', StringComparison.Ordinal),
        };
        server.Configure(new ServerConfig { Weight = weight, Backup = state.EndsWith('b') });
        return server;
    }
}
