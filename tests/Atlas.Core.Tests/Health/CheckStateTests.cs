using Atlas.Core.Health;
using CsCheck;

namespace Atlas.Core.Tests.Health;

public sealed class CheckStateTests
{
    private static readonly Gen<ProbeOutcome[]> Probes =
        Gen.Int[0, 4].Select(i => i == 4 ? ProbeOutcome.Cancelled : i < 2 ? ProbeOutcome.Passed : ProbeOutcome.Failed).Array[0, 60];

    private static readonly Gen<int> Thresholds = Gen.Int[1, 5];

    // P passed, F failed, c cancelled; rise 2, fall 3. One letter of the result for each probe.
    [Theory]
    [InlineData(false, "P", "U")]
    [InlineData(false, "F", "D")]
    [InlineData(true, "F", "?")]
    [InlineData(true, "FFF", "??D")]
    [InlineData(true, "FFP", "??U")]
    [InlineData(true, "FFPFF", "??UUU")]
    [InlineData(false, "PFF", "UUU")]
    [InlineData(false, "PFFF", "UUUD")]
    [InlineData(false, "PFFPFF", "UUUUUU")]
    [InlineData(false, "FP", "DD")]
    [InlineData(false, "FPP", "DDU")]
    [InlineData(false, "FPFP", "DDDD")]
    [InlineData(false, "FPFPP", "DDDDU")]
    [InlineData(false, "c", "?")]
    [InlineData(false, "cF", "?D")]
    [InlineData(false, "PFFcF", "UUUUD")]
    [InlineData(false, "FPcP", "DDDU")]
    public void After_ATable_Follows(bool isKnown, string probes, string expected)
    {
        CheckState state = isKnown ? CheckState.Known : CheckState.New;
        string healths = "";
        foreach (char probe in probes)
        {
            state = state.After(Outcome(probe), rise: 2, fall: 3);
            healths += Letter(state.Health);
        }

        healths.ShouldBe(expected);
    }

    [Fact]
    public void After_AnyProbes_NeverHoldsACountPastItsThreshold() =>
        Gen.Select(Gen.Bool, Probes, Thresholds, Thresholds).Sample((isKnown, probes, rise, fall) =>
        {
            CheckState state = isKnown ? CheckState.Known : CheckState.New;
            foreach (ProbeOutcome outcome in probes)
            {
                state = state.After(outcome, rise, fall);
                state.Passes.ShouldBeInRange(0, state.Health == ServerHealth.Down ? rise - 1 : 0);
                state.Fails.ShouldBeInRange(0, state.Health == ServerHealth.Down ? probes.Length : fall - 1);
                (state.Passes > 0 && state.Fails > 0).ShouldBeFalse();
            }
        });

    /// <summary>Judged anew from all probes, without counters: a change needs its run of equal outcomes right before it.</summary>
    [Fact]
    public void After_AnyProbes_ChangesExactlyAfterTheRunThatItNeeds() =>
        Gen.Select(Gen.Bool, Probes, Thresholds, Thresholds).Sample((isKnown, probes, rise, fall) =>
        {
            CheckState state = isKnown ? CheckState.Known : CheckState.New;
            var sinceChange = new List<ProbeOutcome>();
            foreach (ProbeOutcome outcome in probes)
            {
                ServerHealth before = state.Health;
                state = state.After(outcome, rise, fall);
                if (outcome != ProbeOutcome.Cancelled)
                {
                    sinceChange.Add(outcome);
                }

                int failsNeeded = before == ServerHealth.Unknown && !isKnown ? 1 : fall;
                int passesNeeded = before == ServerHealth.Unknown ? 1 : rise;
                ServerHealth expected =
                    before != ServerHealth.Down && EndsWith(sinceChange, ProbeOutcome.Failed, failsNeeded) ? ServerHealth.Down
                    : before != ServerHealth.Up && EndsWith(sinceChange, ProbeOutcome.Passed, passesNeeded) ? ServerHealth.Up
                    : before;
                state.Health.ShouldBe(expected);
                if (state.Health != before)
                {
                    sinceChange.Clear();
                }
            }
        });

    [Fact]
    public void After_Cancelled_ChangesNothing() =>
        Gen.Select(Probes, Thresholds, Thresholds).Sample((probes, rise, fall) =>
        {
            CheckState with = probes.Aggregate(CheckState.New, (state, outcome) => state.After(outcome, rise, fall));
            CheckState without = probes
                .Where(outcome => outcome != ProbeOutcome.Cancelled)
                .Aggregate(CheckState.New, (state, outcome) => state.After(outcome, rise, fall));
            with.ShouldBe(without);
        });

    private static bool EndsWith(List<ProbeOutcome> probes, ProbeOutcome outcome, int count) =>
        probes.Count >= count && probes.TakeLast(count).All(probe => probe == outcome);

    private static ProbeOutcome Outcome(char letter) => letter switch
    {
        'P' => ProbeOutcome.Passed,
        'F' => ProbeOutcome.Failed,
        'c' => ProbeOutcome.Cancelled,
        _ => throw new ArgumentOutOfRangeException(nameof(letter)),
    };

    private static char Letter(ServerHealth health) => health switch
    {
        ServerHealth.Unknown => '?',
        ServerHealth.Up => 'U',
        ServerHealth.Down => 'D',
        _ => throw new ArgumentOutOfRangeException(nameof(health)),
    };
}
