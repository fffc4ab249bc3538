using System.Collections.Concurrent;
using Atlas.Control.Health;
using Atlas.Core.Configuration;
using Atlas.Core.Health;

namespace Atlas.Control.Tests.Health;

/// <summary>Checks with a clock, a chance and probes that the test decides on. The chance is 0.5: no jitter.</summary>
internal sealed class ChecksUnderTest : IDisposable
{
    // Longer than any wait of a check.
    private static readonly TimeSpan LongTime = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<ProbeSubject, StubProbe> _probes = new();

    public ChecksUnderTest(Action<HealthEvent>? changed = null) =>
        Checks = new HealthChecks(
            new HealthOptions { Time = Time, Random = () => 0.5, Changed = changed ?? Events.Enqueue },
            subject => _probes.GetOrAdd(subject, _ => new StubProbe()));

    public RecordedTime Time { get; } = new();

    public HealthChecks Checks { get; }

    public ConcurrentQueue<HealthEvent> Events { get; } = new();

    public IEnumerable<string> Lines => Events.Select(change => change.ToString());

    /// <summary>What was told of each server: <c>b-</c> out, <c>b+</c> back.</summary>
    public ConcurrentQueue<string> Turns { get; } = new();

    /// <summary>What each probe found: <c>b-</c> no answer, <c>b+</c> one.</summary>
    public ConcurrentQueue<string> Reached { get; } = new();

    /// <summary>The server of each probe that passed.</summary>
    public ConcurrentQueue<string> Passes { get; } = new();

    /// <summary>A server with a check.</summary>
    /// <param name="server">Its name, and where it is unless <paramref name="at"/> says otherwise.</param>
    /// <param name="intervalMs">Of its check.</param>
    /// <param name="pool">Its pool.</param>
    /// <param name="at">Where it is.</param>
    public static ProbeTarget Target(string server = "b", int intervalMs = 5_000, string pool = "web", string? at = null)
    {
        ServerAddress.TryParse($"unix:/{at ?? server}", out ServerAddress? address).ShouldBeTrue();
        return new ProbeTarget(pool, server, address!, new HealthCheckConfig { IntervalMs = intervalMs });
    }

    public CheckedServer Server(ProbeTarget target, bool isKnown = false) =>
        new(target, isKnown, (isUp, tell) =>
        {
            Turns.Enqueue(target.Server + (isUp ? "+" : "-"));
            tell();
        })
        {
            Passed = () => Passes.Enqueue(target.Server),
            FoundUnreachable = isUnreachable => Reached.Enqueue(target.Server + (isUnreachable ? "-" : "+")),
        };

    public StubProbe ProbeOf(ProbeTarget target) => _probes[target.Subject];

    public HealthReport Report(ProbeTarget target) => Checks.Find(target).ShouldNotBeNull();

    /// <summary>Has the next probe begin.</summary>
    public Task<StubProbe.Question> BeginAsync(ProbeTarget target)
    {
        Time.Advance(LongTime);
        return ProbeOf(target).NextAsync();
    }

    /// <summary>Has probes run: P passes, F fails, X throws. Returns when the last can be read.</summary>
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

    /// <summary>Waits for turns, since a report can be read before they are told, and sees that there were no others.</summary>
    public async Task TurnedAsync(string[] expected)
    {
        await Until.SoAsync(() => Turns.Count >= expected.Length);
        Turns.ShouldBe(expected);
    }

    public void Dispose() => Checks.Dispose();
}
