namespace Atlas.Core.Tests.HighAvailability;

public sealed class LivenessSimulationTests
{
    [Fact]
    public void Run_FaultsAndPlayback_NeverDeceiveAndEndWithTheFaults()
    {
        int seed = Environment.TickCount & 0xFFFFF;
        TestContext.Current.TestOutputHelper!.WriteLine($"seeds from {seed}");
        (long alive, long replays, long deaths) = (0, 0, 0);
        for (int run = 0; run < 25; run++)
        {
            var world = new LivenessWorld(seed + run);
            world.RunWithFaults(steps: 3_000);

            // A boot that is refused in place of its follower is for as long as the echo window, 2.5 s.
            world.Heal(steps: 600);
            world.AllShouldSeeEachOther();
            alive += world.AliveChecks;
            replays += world.Replays;
            deaths += world.Deaths;
        }

        alive.ShouldBeGreaterThan(10_000);
        replays.ShouldBeGreaterThan(10_000);
        deaths.ShouldBeGreaterThan(20);
    }
}
