using Atlas.Core.Health;
using Atlas.Core.HighAvailability;

namespace Atlas.Core.Tests.HighAvailability;

public sealed class DataPlaneHealthTests
{
    [Fact]
    public void After_NoListeners_Serves()
    {
        DataPlaneHealth.New.IsServing.ShouldBeTrue();
        DataPlaneHealth.New.After([]).IsServing.ShouldBeTrue();
    }

    [Fact]
    public void After_FirstLookFails_DoesNotServe()
    {
        DataPlaneHealth health = DataPlaneHealth.New.After([Failed("web")]);
        (health.IsServing, health.Reason).ShouldBe((false, "listener web: no answer"));
    }

    [Fact]
    public void After_OneFailure_ServesStillAndAfterTwoNoMore()
    {
        DataPlaneHealth health = DataPlaneHealth.New.After([Passed("web"), Passed("api")]);
        health = health.After([Failed("web"), Passed("api")]);
        health.IsServing.ShouldBeTrue();
        health = health.After([Failed("web"), Passed("api")]);
        health.IsServing.ShouldBeFalse();
        health.After([Passed("web"), Passed("api")]).IsServing.ShouldBeTrue();
    }

    [Fact]
    public void After_FailuresThatAreNotInARow_Serves()
    {
        DataPlaneHealth health = DataPlaneHealth.New;
        for (int i = 0; i < 5; i++)
        {
            health = health.After([Passed("web")]).After([Failed("web")]);
            health.IsServing.ShouldBeTrue();
        }
    }

    [Fact]
    public void After_CouldNotBeAsked_IsAsBefore()
    {
        DataPlaneHealth up = DataPlaneHealth.New.After([Passed("web")]);
        for (int i = 0; i < 3; i++)
        {
            up = up.After([new ListenerAnswer("listener web", ProbeOutcome.Cancelled, "too many open files")]);
            up.IsServing.ShouldBeTrue();
        }
    }

    [Fact]
    public void After_TheListenerIsGone_Serves() => DataPlaneHealth.New.After([Failed("web")]).After([Passed("api")]).IsServing.ShouldBeTrue();

    [Fact]
    public void After_OneOfTwoAddressesFails_ServesStillAndAfterTwoNoMore()
    {
        ListenerAnswer[] passed = [Passed("web") with { Address = "10.0.0.1:80" }, Passed("web") with { Address = "10.0.0.2:80" }];
        ListenerAnswer[] failed = [Failed("web") with { Address = "10.0.0.1:80" }, passed[1]];
        DataPlaneHealth health = DataPlaneHealth.New.After(passed).After(failed);
        health.IsServing.ShouldBeTrue();
        health = health.After(failed);
        (health.IsServing, health.Reason).ShouldBe((false, "listener web at 10.0.0.1:80: no answer"));
        health.After(passed).IsServing.ShouldBeTrue();
    }

    private static ListenerAnswer Passed(string name) => new($"listener {name}", ProbeOutcome.Passed, "answered");

    private static ListenerAnswer Failed(string name) => new($"listener {name}", ProbeOutcome.Failed, "no answer");
}
