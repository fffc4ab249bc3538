using Atlas.Core.Configuration;
using Atlas.Core.Health;
using Atlas.Core.Resilience;
using CsCheck;

namespace Atlas.Core.Tests.Resilience;

public sealed class CircuitBreakerTests
{
    // Half of at least 4 in 10 s; open for 5 s.
    private static readonly CircuitBreakerConfig Config = new() { MinRequests = 4 };

    [Theory]
    [InlineData("FFF", CircuitState.Closed)]
    [InlineData("FFFF", CircuitState.Open)]
    [InlineData("SSFF", CircuitState.Open)]
    [InlineData("SSSFF", CircuitState.Closed)]
    [InlineData("SSSFFF", CircuitState.Open)]
    [InlineData("FFF----", CircuitState.Closed)]
    [InlineData("FFFS", CircuitState.Closed)]
    [InlineData("FFFSF", CircuitState.Open)]
    public void Report_Outcomes_OpenAtTheShareOfEnough(string outcomes, CircuitState expected)
    {
        var breaker = new CircuitBreaker(Config);

        Run(breaker, outcomes, nowMs: 0);

        breaker.State.ShouldBe(expected);
    }

    [Theory]
    [InlineData(9_999, CircuitState.Open)]
    [InlineData(10_000, CircuitState.Closed)]
    public void Report_FailuresOlderThanTheWindow_CountNoMore(long nowMs, CircuitState expected)
    {
        var breaker = new CircuitBreaker(Config);
        Run(breaker, "FFF", nowMs: 0);

        Run(breaker, "F", nowMs);

        breaker.State.ShouldBe(expected);
    }

    [Fact]
    public void TryPass_Open_RefusesUntilItsTimeAndThenLetsOneThrough()
    {
        CircuitBreaker breaker = Opened();

        breaker.TryPass(4_999).IsAllowed.ShouldBeFalse();
        CircuitPass probe = breaker.TryPass(5_000);
        breaker.TryPass(5_000).IsAllowed.ShouldBeFalse();

        (probe.IsAllowed, probe.IsProbe, probe.IsFirstProbe).ShouldBe((true, true, true));
        breaker.State.ShouldBe(CircuitState.HalfOpen);
    }

    [Fact]
    public void Report_AProbeThatSucceeds_ClosesWithAnEmptyWindow()
    {
        CircuitBreaker breaker = Opened();

        breaker.Report(breaker.TryPass(5_000), ServerOutcome.Success, 5_010).ShouldBe(CircuitState.Closed);

        Run(breaker, "FFF", 5_020);
        breaker.State.ShouldBe(CircuitState.Closed);
    }

    [Fact]
    public void Report_AProbeThatFails_OpensForTheWholeTime()
    {
        CircuitBreaker breaker = Opened();

        breaker.Report(breaker.TryPass(5_000), ServerOutcome.ConnectFailure, 6_000).ShouldBe(CircuitState.Open);

        breaker.TryPass(10_999).IsAllowed.ShouldBeFalse();
        breaker.TryPass(11_000).IsFirstProbe.ShouldBeTrue();
    }

    [Fact]
    public void Report_AProbeWhoseClientLeft_LetsTheNextBeAProbeAtOnce()
    {
        CircuitBreaker breaker = Opened();

        breaker.Report(breaker.TryPass(5_000), ServerOutcome.None, 5_001).ShouldBeNull();

        CircuitPass second = breaker.TryPass(5_001);
        (second.IsProbe, second.IsFirstProbe).ShouldBe((true, false));
        breaker.TryPass(5_001).IsAllowed.ShouldBeFalse();
        breaker.Report(second, ServerOutcome.Success, 5_002).ShouldBe(CircuitState.Closed);
    }

    [Fact]
    public void TryPass_AProbeOfWhichNothingIsHeard_HoldsUpTheNextForItsTimeOnly()
    {
        CircuitBreaker breaker = Opened();
        CircuitPass lost = breaker.TryPass(5_000);

        breaker.TryPass(9_999).IsAllowed.ShouldBeFalse();
        CircuitPass second = breaker.TryPass(10_000);

        second.IsProbe.ShouldBeTrue();

        // A server that takes longer than that still shows that it works.
        breaker.Report(lost, ServerOutcome.Success, 10_001).ShouldBe(CircuitState.Closed);
        breaker.Report(second, ServerOutcome.GatewayFailure, 10_002).ShouldBeNull();
        breaker.State.ShouldBe(CircuitState.Closed);
    }

    [Fact]
    public void Report_OfRequestsThatAnotherStateLetThrough_IsIgnored()
    {
        var breaker = new CircuitBreaker(Config);
        CircuitPass early = breaker.TryPass(0);
        Run(breaker, "FFFF", 0);

        breaker.Report(early, ServerOutcome.Success, 4_000).ShouldBeNull();
        breaker.TryPass(5_000).IsProbe.ShouldBeTrue();
        breaker.Report(early, ServerOutcome.Success, 5_001).ShouldBeNull();
        breaker.Report(early, ServerOutcome.GatewayFailure, 5_001).ShouldBeNull();

        breaker.State.ShouldBe(CircuitState.HalfOpen);
    }

    [Fact]
    public void Look_ThroughItsStates_SaysSinceWhenAndWhy()
    {
        var breaker = new CircuitBreaker(Config);
        breaker.Look(7).ShouldBe(new CircuitReport(CircuitState.Closed, 0, 0, 0, 0, 10_000));
        Run(breaker, "SFFF", nowMs: 1_000);

        CircuitReport open = breaker.Look(2_000);
        open.ShouldBe(new CircuitReport(CircuitState.Open, 1_000, 4_000, Failures: 3, Total: 4, 10_000));
        open.Reason.ShouldBe("3 of 4 requests failed in 10s");

        // No request comes: it is ready to try, whatever the clock says.
        breaker.Look(5_999).State.ShouldBe(CircuitState.Open);
        CircuitReport ready = breaker.Look(60_000);
        (ready.State, ready.SinceMs, ready.RetryAfterMs).ShouldBe((CircuitState.HalfOpen, 6_000, 0));
        breaker.State.ShouldBe(CircuitState.Open);

        CircuitPass probe = breaker.TryPass(61_000);
        CircuitReport trying = breaker.Look(61_500);
        (trying.State, trying.SinceMs, trying.RetryAfterMs).ShouldBe((CircuitState.HalfOpen, 61_000, 4_500));
        breaker.Report(probe, ServerOutcome.GatewayFailure, 62_000);
        breaker.Look(62_000).Reason.ShouldBe("the request that tried failed");

        breaker.Report(breaker.TryPass(67_000), ServerOutcome.Success, 68_000).ShouldBe(CircuitState.Closed);
        CircuitReport closed = breaker.Look(69_000);
        (closed.State, closed.SinceMs, closed.Reason).ShouldBe((CircuitState.Closed, 68_000, ""));
    }

    [Fact]
    public void Report_OfARefusedRequest_IsIgnored()
    {
        CircuitBreaker breaker = Opened();

        breaker.Report(breaker.TryPass(1), ServerOutcome.Success, 1).ShouldBeNull();

        breaker.State.ShouldBe(CircuitState.Open);
    }

    /// <summary>Requests that overlap, end in any order or never: it is never stuck, and never lets two probes through within
    /// its time unless one said that it learned nothing.</summary>
    [Fact]
    public void TryPass_AnyRequests_FollowsTheTableAndIsNeverStuck() =>
        Gen.Select(Gen.Int[0, 3], Gen.Enum<ServerOutcome>(), Gen.Int[0, 4_000]).Array[0, 120].Sample(steps =>
        {
            var breaker = new CircuitBreaker(Config);
            var running = new List<CircuitPass>();
            long nowMs = 0;
            long probeMs = long.MinValue;
            foreach ((int action, ServerOutcome outcome, int waitMs) in steps)
            {
                nowMs += waitMs / (action + 1);
                CircuitState before = breaker.State;
                if (action < 2)
                {
                    CircuitPass pass = breaker.TryPass(nowMs);
                    pass.IsAllowed.ShouldBe(pass.IsProbe || before == CircuitState.Closed);
                    pass.IsFirstProbe.ShouldBe(pass.IsProbe && before == CircuitState.Open);
                    if (pass.IsProbe)
                    {
                        nowMs.ShouldBeGreaterThanOrEqualTo(probeMs);
                        probeMs = nowMs + Config.OpenForMs;
                    }

                    running.Add(pass);
                }
                else if (running.Count > 0)
                {
                    CircuitPass ended = running[waitMs % running.Count];
                    running.Remove(ended);
                    CircuitState? changed = breaker.Report(ended, outcome, nowMs);
                    breaker.State.ShouldBe(changed ?? before);
                    if (changed is not null || (ended.IsProbe && outcome == ServerOutcome.None))
                    {
                        probeMs = long.MinValue;
                    }
                }
            }

            CircuitPass last = breaker.TryPass(nowMs + Config.OpenForMs);
            last.IsAllowed.ShouldBeTrue();
            breaker.Report(last, ServerOutcome.Success, nowMs + Config.OpenForMs);
            breaker.State.ShouldBe(CircuitState.Closed);
        });

    [Fact]
    public void TryPass_OnManyThreads_LetsOneProbeThrough()
    {
        CircuitBreaker breaker = Opened();
        int probes = 0;

        Parallel.For(0, 10_000, _ =>
        {
            if (breaker.TryPass(5_000).IsAllowed)
            {
                Interlocked.Increment(ref probes);
            }
        });

        probes.ShouldBe(1);
    }

    [Fact]
    public void TryPassAndReport_AllocateNothing()
    {
        CircuitBreaker breaker = Opened();

        Allocations.Of(() => Use(breaker, 2_000)).ShouldBe(0);
    }

    private static void Use(CircuitBreaker breaker, int count)
    {
        for (int i = 0; i < count; i++)
        {
            ServerOutcome outcome = i % 3 == 0 ? ServerOutcome.Success : ServerOutcome.GatewayFailure;
            breaker.Report(breaker.TryPass(i * 100), outcome, i * 100);
        }
    }

    private static CircuitBreaker Opened()
    {
        var breaker = new CircuitBreaker(Config);
        Run(breaker, "FFFF", nowMs: 0);
        breaker.State.ShouldBe(CircuitState.Open);
        return breaker;
    }

    private static void Run(CircuitBreaker breaker, string outcomes, long nowMs)
    {
        foreach (char letter in outcomes)
        {
            breaker.Report(
                breaker.TryPass(nowMs),
                letter switch
                {
                    'F' => ServerOutcome.GatewayFailure,
                    'S' => ServerOutcome.Success,
                    '-' => ServerOutcome.None,
                    _ => throw new ArgumentOutOfRangeException(nameof(outcomes)),
                },
                nowMs);
        }
    }
}
