using System.Collections.Concurrent;
using Atlas.Control.Health;
using Atlas.Core.Configuration;

namespace Atlas.Control.Tests.Health;

/// <summary>Checks with a clock, a chance and probes that the test decides on. The chance is 0.5: no jitter.</summary>
internal sealed class ChecksUnderTest : IDisposable
{
    // Longer than any wait of a check.
    private static readonly TimeSpan LongTime = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<ProbeTarget, StubProbe> _probes = new();

    public ChecksUnderTest(Action<string>? notice = null) =>
        Checks = new HealthChecks(
            new HealthOptions { Time = Time, Random = () => 0.5, Notice = notice ?? Lines.Enqueue },
            target => _probes.GetOrAdd(target, _ => new StubProbe()));

    public RecordedTime Time { get; } = new();

    public HealthChecks Checks { get; }

    public ConcurrentQueue<string> Lines { get; } = new();

    /// <summary>What was told of each server: <c>b-</c> out, <c>b+</c> back.</summary>
    public ConcurrentQueue<string> Turns { get; } = new();

    public static ProbeTarget Target(string server = "b", int intervalMs = 5_000, string pool = "web")
    {
        ServerAddress.TryParse("127.0.0.1:1", out ServerAddress? address).ShouldBeTrue();
        return new ProbeTarget(pool, server, address!, new HealthCheckConfig { IntervalMs = intervalMs });
    }

    public CheckedServer Server(ProbeTarget target, bool isKnown = false) =>
        new(target, isKnown, isUp => Turns.Enqueue(target.Server + (isUp ? "+" : "-")));

    public StubProbe ProbeOf(ProbeTarget target) => _probes[target];

    public HealthReport Report(ProbeTarget target) => Checks.Find(target).ShouldNotBeNull();

    /// <summary>Has the next probe begin.</summary>
    public Task<StubProbe.Question> BeginAsync(ProbeTarget target)
    {
        Time.Advance(LongTime);
        return ProbeOf(target).NextAsync();
    }

    /// <summary>Has probes run: P passes, F fails, X throws. Returns when the last was told.</summary>
    public async Task RunAsync(ProbeTarget target, string results)
    {
        foreach (char result in results)
        {
            StubProbe.Question question = await BeginAsync(target);
            HealthReport before = Report(target);
            switch (result)
            {
                case 'P':
                    question.Pass();
                    break;
                case 'F':
                    question.Fail();
                    break;
                default:
                    question.Throw();
                    break;
            }

            await Until.SoAsync(() => Report(target) != before);
        }
    }

    public void Dispose() => Checks.Dispose();
}
