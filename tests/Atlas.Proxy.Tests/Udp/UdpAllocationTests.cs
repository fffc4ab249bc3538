using System.Net.Sockets;

namespace Atlas.Proxy.Tests.Udp;

/// <summary>What the worker allocates while sessions come and go: nothing.</summary>
public sealed class UdpAllocationTests
{
    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(1)]
    public void Exchange_Steady_AllocatesNothing(int responses)
    {
        using var world = new UdpWorld();
        world.Configure(snapshot => snapshot with { Responses = responses });
        UdpClient client = world.NewClient();
        for (int i = 0; i < 300; i++)
        {
            world.Exchange(client, 0);
        }

        long before = world.AllocatedOnWorker();
        for (int i = 0; i < 500; i++)
        {
            world.Exchange(client, 0);
        }

        long between = world.AllocatedOnWorker();
        long asking = world.AllocatedOnWorker() - between;
        (between - before - asking).ShouldBeLessThanOrEqualTo(0);
        world.Metrics.Created.ShouldBe(responses == 1 ? 800 : 1);
    }
}
