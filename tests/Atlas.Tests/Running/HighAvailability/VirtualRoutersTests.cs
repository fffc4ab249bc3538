using System.Net;
using Atlas.Core.Configuration;
using Atlas.Core.HighAvailability;
using Atlas.Engine.Links;
using Atlas.Running.HighAvailability;

namespace Atlas.Tests.Running.HighAvailability;

public sealed class VirtualRoutersTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task HandOverAsync_WithNone_IsDone()
    {
        using VirtualRouters routers = Start();
        await routers.HandOverAsync().WaitAsync(Limit);
    }

    [Fact]
    public async Task HandOverAsync_AfterTheEnd_IsDone()
    {
        VirtualRouters routers = Start();
        routers.Dispose();
        await routers.HandOverAsync().WaitAsync(Limit);
    }

    [Fact]
    public async Task SettledAsync_AfterAnOrder_IsDoneOnceThatIs()
    {
        using VirtualRouters routers = Start();
        for (byte id = 1; id < 100; id++)
        {
            var address = new InterfaceAddress(IPAddress.Parse("10.88.0.1"), 24);
            routers.Apply([new VirtualRouterConfig { Interface = "no-such-link", RouterId = id, Addresses = [address] }], _ => true, ServedPorts.None);
            await routers.SettledAsync().WaitAsync(Limit);
            routers.Statuses.ShouldHaveSingleItem().Config.RouterId.ShouldBe(id);
            routers.Statuses[0].State.ShouldBe(VirtualRouterState.Fault);
        }
    }

    [Fact]
    public async Task SettledAsync_AfterTheEnd_IsDone()
    {
        VirtualRouters routers = Start();
        routers.Dispose();
        await routers.SettledAsync().WaitAsync(Limit);
    }

    private static VirtualRouters Start()
    {
        Assert.SkipWhen(LinkRights.FindMissing() is not null, "virtual routers need root");
        return VirtualRouters.Start(_ => { }, _ => { }, (_, _) => throw new InvalidOperationException("None has a store."));
    }
}
