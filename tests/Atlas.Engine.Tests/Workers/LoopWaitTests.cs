using Atlas.Engine.Flows;
using Atlas.Engine.Streams;
using Atlas.Engine.Workers;
using Atlas.Simulation;

namespace Atlas.Engine.Tests.Workers;

public sealed class LoopWaitTests
{
    private readonly SimulatedWorld _world = new(1, SimulationOptions.Calm);
    private readonly SimulatedLoop _loop;
    private readonly LoopWait _wait;
    private WaitResult? _result;

    public LoopWaitTests()
    {
        _loop = _world.AddLoop();
        _wait = new LoopWait(_loop);
    }

    [Fact]
    public void Await_Resumed_EndsWithTheGivenResult()
    {
        RunAsync(_loop.NowMs + 100).Detach();
        _world.RunFor(50);
        _result.ShouldBeNull();
        _wait.Resume(WaitResult.Ready);
        _result.ShouldBe(WaitResult.Ready);
        _wait.IsWaiting.ShouldBeFalse();
    }

    [Fact]
    public void Await_NotResumed_TimesOutAtTheDeadline()
    {
        RunAsync(_loop.NowMs + 100).Detach();
        _world.RunFor(99);
        _result.ShouldBeNull();
        _world.RunFor(1);
        _result.ShouldBe(WaitResult.TimedOut);
    }

    [Fact]
    public void Await_Again_TheTimerOfTheWaitBeforeDoesNotEndIt()
    {
        RunAsync(_loop.NowMs + 100).Detach();
        _wait.Resume(WaitResult.Ready);
        _result = null;
        RunAsync(long.MaxValue).Detach();
        _world.RunFor(1_000);
        _result.ShouldBeNull();
        _wait.Resume(WaitResult.Cancelled);
        _result.ShouldBe(WaitResult.Cancelled);
    }

    [Fact]
    public void Resume_NobodyWaits_IsNotRemembered()
    {
        _wait.Resume(WaitResult.Ready);
        RunAsync(_loop.NowMs + 10).Detach();
        _result.ShouldBeNull();
        _world.RunFor(10);
        _result.ShouldBe(WaitResult.TimedOut);
    }

    [Fact]
    public void Await_TheLoopEnds_IsCancelled()
    {
        RunAsync(long.MaxValue).Detach();
        _loop.End();
        _result.ShouldBe(WaitResult.Cancelled);
        _result = null;
        RunAsync(long.MaxValue).Detach();
        _result.ShouldBe(WaitResult.Cancelled);
    }

    [Fact]
    public void Begin_WhileWaiting_Throws()
    {
        RunAsync(long.MaxValue).Detach();
        Should.Throw<InvalidOperationException>(() => _wait.Begin(long.MaxValue));
        _wait.Resume(WaitResult.Ready);
    }

    private async Flow RunAsync(long deadlineMs) => _result = await _wait.Begin(deadlineMs);
}
