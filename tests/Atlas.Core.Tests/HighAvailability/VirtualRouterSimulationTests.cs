using System.Diagnostics;

namespace Atlas.Core.Tests.HighAvailability;

/// <summary>What has to hold of virtual routers on a network where things go wrong. A failure names the seed to run again.</summary>
public sealed class VirtualRouterSimulationTests
{
    private const int Runs = 1_700;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Network_WhateverHappens_KeepsItsRules(int kind)
    {
        ulong first = (ulong)Stopwatch.GetTimestamp();
        int takeovers = 0;
        int meetings = 0;
        long pauses = 0;
        int displaced = 0;
        for (ulong seed = first; seed < first + Runs; seed++)
        {
            SimulatedNetwork network = Run(seed, (NetworkKind)kind);
            takeovers += network.Takeovers;
            meetings += network.Meetings;
            pauses += network.Pauses;
            displaced += network.Displaced;
        }

        // Otherwise the rules were kept because nothing happened.
        takeovers.ShouldBeGreaterThan(2 * Runs);
        meetings.ShouldBeGreaterThan(Runs / 4);
        (pauses > Runs / 10).ShouldBe(kind != 0);
        (displaced > Runs / 100).ShouldBe(kind == 1);
    }

    [Fact]
    public void Network_SameSeed_DoesTheSame()
    {
        SimulatedNetwork one = Run(7, NetworkKind.LossyAndBroken);
        SimulatedNetwork again = Run(7, NetworkKind.LossyAndBroken);

        (again.Takeovers, again.Meetings, again.Pauses).ShouldBe((one.Takeovers, one.Meetings, one.Pauses));
    }

    private static SimulatedNetwork Run(ulong seed, NetworkKind kind)
    {
        var network = new SimulatedNetwork(new NetworkScenario(seed, kind));
        try
        {
            network.Run();
            return network;
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"{kind}, seed {seed}: {e.Message}", e);
        }
    }
}
