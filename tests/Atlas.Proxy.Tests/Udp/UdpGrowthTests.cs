using System.Net.Sockets;
using Atlas.Proxy.Udp;

namespace Atlas.Proxy.Tests.Udp;

/// <summary>What many sessions leave behind: nothing.</summary>
[Collection(AloneCollection.Name)]
public sealed class UdpGrowthTests
{
    private const int Rounds = 52;
    private const int SessionsPerRound = 1_000;

    [Fact]
    public void Sessions_FiftyThousandCreatedAndExpired_LeaveNothingBehind()
    {
        using var world = new UdpWorld();
        world.Configure(snapshot => snapshot with { IdleMs = 10 });
        var settled = (Files: 0, Managed: 0L);
        for (int round = 1; round <= Rounds; round++)
        {
            for (int i = 0; i < SessionsPerRound; i++)
            {
                using var client = new UdpClient();
                client.Connect("127.0.0.1", world.Bound.Address.Port);
                client.Send("x"u8);
            }

            // The kernel may give a port again before the session of its last owner has ended.
            int sent = round * SessionsPerRound;
            UdpWorld.Eventually(() => world.Metrics.Received == sent);
            UdpWorld.Eventually(() => world.Metrics.Open == 0);
            if (round == Rounds / 5)
            {
                settled = (Files(), GC.GetTotalMemory(forceFullCollection: true));
            }
        }

        Files().ShouldBeLessThanOrEqualTo(settled.Files + 2);
        (GC.GetTotalMemory(forceFullCollection: true) - settled.Managed).ShouldBeLessThan(1 << 20);
        world.Metrics.Ended(UdpEnd.Idle).ShouldBe(world.Metrics.Created);
        world.Metrics.Created.ShouldBeGreaterThan(Rounds * SessionsPerRound * 98 / 100);
    }

    private static int Files() => Directory.GetFiles("/proc/self/fd").Length;
}
