using System.Net;
using Atlas.Control.Discovery;
using Atlas.Control.Discovery.Resolving;

namespace Atlas.Control.Tests.Discovery;

public sealed class NameStateTests
{
    private const int RefreshMs = 10_000;

    private static readonly LookupResult Answer = new(LookupOutcome.Answered, "r") { Addresses = [IPAddress.Loopback], TtlMs = 5_000 };
    private static readonly LookupResult Absent = new(LookupOutcome.NoSuchName, "r: NXDOMAIN");
    private static readonly LookupResult Failure = new(LookupOutcome.ServerFailure, "r: SERVFAIL");

    [Fact]
    public void After_AbsentForLessThanTheHold_KeepsTheAnswer()
    {
        NameState state = new NameState().After(Answer, 0).After(Absent, 1_000).After(Absent, 1_000 + NameState.HoldMs - 1);

        state.Answer.ShouldBe(Answer);
        state.IsAbsent.ShouldBeFalse();
    }

    [Fact]
    public void After_AbsentForTheHold_HasNone()
    {
        NameState state = new NameState().After(Answer, 0).After(Absent, 1_000).After(Absent, 1_000 + NameState.HoldMs);

        state.Answer.ShouldBeNull();
        state.IsAbsent.ShouldBeTrue();
    }

    [Fact]
    public void After_OneAbsenceLongAfterTheAnswer_KeepsTheAnswer() =>
        new NameState().After(Answer, 0).After(Absent, 10 * NameState.HoldMs).Answer.ShouldBe(Answer);

    [Fact]
    public void After_AnswerBetweenAbsences_BeginsAnew()
    {
        NameState state = new NameState().After(Answer, 0).After(Absent, 1_000).After(Answer, 2_000).After(Absent, 1_000 + NameState.HoldMs);

        state.Answer.ShouldBe(Answer);
    }

    [Fact]
    public void After_FailuresForADay_KeepsTheAnswer()
    {
        NameState state = new NameState().After(Answer, 0);
        for (long atMs = 1_000; atMs < 86_400_000; atMs += 60_000)
        {
            state = state.After(Failure, atMs);
        }

        state.Answer.ShouldBe(Answer);
        state.IsAbsent.ShouldBeFalse();
    }

    [Fact]
    public void After_FailuresBetweenAbsences_DoNotCount()
    {
        // A failure says nothing of the name, neither that it is there nor that it is not.
        NameState state = new NameState().After(Answer, 0).After(Absent, 0).After(Failure, NameState.HoldMs);
        state.Answer.ShouldBe(Answer);

        state.After(Absent, NameState.HoldMs).Answer.ShouldBeNull();
    }

    [Theory]
    [InlineData(0, 1_000)]
    [InlineData(999, 1_000)]
    [InlineData(5_000, 5_000)]
    [InlineData(10_000, 10_000)]
    [InlineData(10_001, 10_000)]
    [InlineData(long.MaxValue, 10_000)]
    public void NextDelay_AfterAnAnswer_IsItsLifeWithinBounds(long ttlMs, int expected) =>
        new NameState().After(Answer with { TtlMs = ttlMs }, 0).NextDelayMs(RefreshMs, 0, random: 0).ShouldBe(expected);

    [Fact]
    public void NextDelay_ByChance_IsUpToATenthShorterAndNeverLonger()
    {
        NameState state = new NameState().After(Answer with { TtlMs = 100_000 }, 0);

        state.NextDelayMs(RefreshMs, 0, random: 0).ShouldBe(10_000);
        state.NextDelayMs(RefreshMs, 0, random: 0.999999).ShouldBe(9_000);
        state.NextDelayMs(1_000, 0, random: 0.999999).ShouldBe(1_000);
    }

    [Fact]
    public void NextDelay_AfterFailures_DoublesUpToTheRefresh()
    {
        NameState state = new NameState().After(Answer, 0);
        var delays = new List<int>();
        for (int i = 0; i < 200; i++)
        {
            state = state.After(Failure, 0);
            delays.Add(state.NextDelayMs(RefreshMs, 0, random: 0));
        }

        delays.Take(6).ShouldBe([1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
        delays.ShouldAllBe(delay => delay >= 1_000 && delay <= RefreshMs);
        state.After(Answer, 0).NextDelayMs(RefreshMs, 0, random: 0).ShouldBe(5_000);
    }

    [Fact]
    public void NextDelay_AFailureAfterManyAbsences_IsASecond()
    {
        var state = new NameState();
        for (int i = 0; i < 20; i++)
        {
            state = state.After(Absent, 0);
        }

        state.After(Failure, 0).NextDelayMs(RefreshMs, 0, random: 0).ShouldBe(1_000);
    }

    [Fact]
    public void NextDelay_WhileAbsent_EndsNoLaterThanTheHold()
    {
        NameState state = new NameState().After(Answer, 0).After(Absent with { TtlMs = 3_600_000 }, 0);

        state.NextDelayMs(3_600_000, 0, random: 0).ShouldBe(NameState.HoldMs);
        state.NextDelayMs(3_600_000, NameState.HoldMs - 5_000, random: 0).ShouldBe(5_000);
    }
}
