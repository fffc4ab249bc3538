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

    private static VirtualRouters Start()
    {
        Assert.SkipWhen(LinkRights.FindMissing() is not null, "virtual routers need root");
        return VirtualRouters.Start(_ => { }, _ => { }, (_, _) => throw new InvalidOperationException("None has a store."));
    }
}
