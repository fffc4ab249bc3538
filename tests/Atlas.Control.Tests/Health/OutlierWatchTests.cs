using Atlas.Control.Health;
using Atlas.Core.Balancing;
using Atlas.Core.Configuration;
using Atlas.Core.Health;
using Microsoft.Extensions.Time.Testing;

namespace Atlas.Control.Tests.Health;

public sealed class OutlierWatchTests : IDisposable
{
    private static readonly OutlierDetectionConfig Config = new() { ConsecutiveFailures = 2, EjectForMs = 10_000 };

    private readonly FakeTimeProvider _time = new();
    private readonly List<string> _events = [];
    private readonly List<string> _turns = [];
    private readonly OutlierServer[] _servers =
        [.. new[] { "a", "b" }.Select(name => new OutlierServer(new BalancedServer(name), new ServerOutliers()))];

    private readonly OutlierWatch _watch;

    public OutlierWatchTests()
    {
        var options = new HealthOptions { Time = _time, Random = () => 0, Changed = change => _events.Add(change.ToString()) };
        _watch = new OutlierWatch(options, (server, tell) =>
        {
            server.Server.IsEjected = server.Outliers.IsEjected;
            _turns.Add(server.Server.Name + (server.Server.IsEjected ? "-" : "+"));
            tell();
        });
        Apply(Config);
    }

    public void Dispose() => _watch.Dispose();

    [Fact]
    public void Look_AServerThatFailed_IsEjectedAndComesBackInTime()
    {
        Fail(0);
        _watch.Look("web");
        _turns.ShouldBe(["a-"]);
        _events.ShouldBe(["pool web server a: ejected for 10s: 2 failures in a row (2 to connect)"]);

        _time.Advance(TimeSpan.FromMilliseconds(9_999));
        _turns.Count.ShouldBe(1);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        _turns.ShouldBe(["a-", "a+"]);
        _events[1].ShouldBe("pool web server a: up again: the time of its ejection is over");
    }

    [Fact]
    public void Look_TheEjectionOfAServerThatChecksFoundDownIsOver_DoesNotSayUp()
    {
        Fail(0);
        _watch.Look("web");
        _servers[0].Server.IsUp = false;
        _time.Advance(TimeSpan.FromSeconds(10));

        _events[1].ShouldBe("pool web server a: down still by its checks: the time of its ejection is over");
    }

    [Fact]
    public void Look_TheLastServerFailed_IsKeptAndThatIsToldOnce()
    {
        Fail(0);
        _watch.Look("web");
        Fail(1);
        _watch.Look("web");
        _time.Advance(TimeSpan.FromSeconds(3));

        _turns.ShouldBe(["a-"]);
        _events.Count.ShouldBe(2);
        _events[1].ShouldStartWith("pool web server b: up still, with 2 failures in a row");
    }

    [Fact]
    public void Look_AServerFailsForOneClient_IsToldOnceAndNotEjected()
    {
        for (int i = 0; i < 12; i++)
        {
            if (_servers[0].Outliers.Report(ServerOutcome.ConnectFailure, clientKey: 1, i, Config.ConsecutiveFailures))
            {
                _watch.Look("web");
            }
        }

        _turns.ShouldBeEmpty();
        _events.ShouldBe(["pool web server a: up still, with 2 failures in a row, from one client only: not ejected"]);
    }

    [Fact]
    public void Look_ACheckPassed_EndsTheEjection()
    {
        Fail(0);
        _watch.Look("web");
        _servers[0].Outliers.CheckPassed().ShouldBeTrue();
        _watch.Look("web");

        _turns.ShouldBe(["a-", "a+"]);
    }

    [Fact]
    public void Apply_AServerIsEjected_StaysEjectedAndComesBackInTime()
    {
        Fail(0);
        _watch.Look("web");
        Apply(Config);
        _turns.ShouldBe(["a-"]);
        _time.Advance(TimeSpan.FromSeconds(10));
        _turns.ShouldBe(["a-", "a+"]);
    }

    [Fact]
    public void Apply_DetectionIsTurnedOff_TakesServersBack()
    {
        Fail(0);
        _watch.Look("web");
        Apply(null);
        _turns.ShouldBe(["a-", "a+"]);
    }

    [Fact]
    public void Look_APoolThatIsGone_DoesNothing()
    {
        _watch.Apply([]);
        Fail(0);
        _watch.Look("web");
        _turns.ShouldBeEmpty();
    }

    private void Apply(OutlierDetectionConfig? config) => _watch.Apply([new OutlierPool("web", config, _servers)]);

    private void Fail(int index)
    {
        long nowMs = _time.GetTimestamp() / (_time.TimestampFrequency / 1_000);
        for (uint client = 0; client < Config.ConsecutiveFailures; client++)
        {
            _servers[index].Outliers.Report(ServerOutcome.ConnectFailure, client, nowMs, Config.ConsecutiveFailures);
        }
    }
}
