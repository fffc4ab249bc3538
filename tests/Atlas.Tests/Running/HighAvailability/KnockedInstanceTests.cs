using Atlas.Control.Configuration;
using Atlas.Control.HighAvailability.DataPlane;
using Atlas.Core.Configuration;
using Atlas.Running;
using Atlas.Running.Listeners;

namespace Atlas.Tests.Running.HighAvailability;

public sealed class KnockedInstanceTests
{
    [Fact]
    public async Task Look_ARunningListener_AnswersWithoutARequest()
    {
        ConfigResult read = ConfigLoader.Parse(
            """
            listeners:
              web:
                bind: 127.0.0.1:0
                routes: [{ respond: { status: 200 } }]
            runtime: { workers: 1 }
            """,
            "atlas.yaml");
        AtlasConfig config = read.Config.ShouldNotBeNull(string.Join('\n', read.Errors)) with { Admin = new AdminConfig { Bind = null } };
        await using AtlasInstance instance = await AtlasInstance.StartAsync(config, _ => { });
        RunningListener listener = instance.Listeners.ShouldHaveSingleItem();
        BindAddress bound = BindAddress.Loopback(listener.Addresses[0].Bound.Address.Port);
        using var probe = new DataPlaneProbe(new DataPlaneProbeOptions
        {
            Listeners = () => [new ProbedListener("web", ProbedListener.AddressOf(bound, bound.Port))], Limit = TimeSpan.FromSeconds(60),
        });
        (await probe.LookAsync()).Reason.ShouldBeNull();
        (await probe.LookAsync()).IsServing.ShouldBeTrue();
    }
}
