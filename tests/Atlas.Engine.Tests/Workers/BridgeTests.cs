using Atlas.Engine.Flows;
using Atlas.Engine.Tests.Streams;
using Atlas.Engine.Workers;
using Atlas.Simulation;

namespace Atlas.Engine.Tests.Workers;

public sealed class BridgeTests
{
    [Fact]
    public void RunAsync_ATask_ResumesOnTheWorkersThread()
    {
        using var group = new WorkerGroup(1);
        EventLoop loop = group.Workers[0];
        SocketWorld.RunOn(loop, async () =>
        {
            Thread own = Thread.CurrentThread;
            Thread? other = null;
            BridgeResult<int> result = await Bridge.RunAsync(
                loop,
                async token =>
                {
                    other = Thread.CurrentThread;
                    await Task.Yield();
                    return 5;
                },
                loop.NowMs + 30_000);
            result.ShouldBe(new BridgeResult<int>(BridgeStatus.Done, 5, null));
            result.IsDone.ShouldBeTrue();
            Thread.CurrentThread.ShouldBeSameAs(own);
            other.ShouldNotBeSameAs(own);
        });
    }

    [Fact]
    public void RunAsync_TheWorkThrows_TheErrorIsTheResult()
    {
        using var group = new WorkerGroup(1);
        EventLoop loop = group.Workers[0];
        SocketWorld.RunOn(loop, async () =>
        {
            var error = new FormatException("broken");
            BridgeResult<int> result = await Bridge.RunAsync<int>(loop, _ => throw error, loop.NowMs + 30_000);
            result.Status.ShouldBe(BridgeStatus.Failed);
            result.Error.ShouldBeSameAs(error);
        });
    }

    [Fact]
    public void RunAsync_TheWorkHangs_EndsAtTheDeadlineAndCancelsIt()
    {
        using var group = new WorkerGroup(1);
        using var cancelled = new ManualResetEventSlim();
        EventLoop loop = group.Workers[0];
        SocketWorld.RunOn(loop, async () =>
        {
            long deadlineMs = loop.NowMs + 30;
            BridgeResult<int> result = await Bridge.RunAsync(
                loop,
                async token =>
                {
                    token.Register(cancelled.Set);
                    await Task.Delay(Timeout.Infinite, token);
                    return 1;
                },
                deadlineMs);
            result.Status.ShouldBe(BridgeStatus.TimedOut);
            loop.NowMs.ShouldBeGreaterThanOrEqualTo(deadlineMs);
        });
        cancelled.Wait(TimeSpan.FromSeconds(20)).ShouldBeTrue();
    }

    [Fact]
    public void RunAsync_TheMailboxIsFullForAWhile_TheResultComesAfterwards()
    {
        var world = new SimulatedWorld(seed: 5);
        SimulatedLoop loop = world.AddLoop();
        loop.MailboxCapacity = 0;
        BridgeResult<int>? result = null;
        Call().Detach();
        world.RunFor(10);
        result.ShouldBeNull();
        loop.MailboxCapacity = 10;

        // The post is repeated in real time, by a thread of the pool.
        SpinWait.SpinUntil(Step, TimeSpan.FromSeconds(20)).ShouldBeTrue();
        result.ShouldBe(new BridgeResult<int>(BridgeStatus.Done, 3, null));

        bool Step()
        {
            world.RunFor(0);
            return result is not null;
        }

        async Flow Call() => result = await Bridge.RunAsync(loop, _ => ValueTask.FromResult(3), loop.NowMs + 10_000);
    }

    [Fact]
    public void RunAsync_TheMailboxStaysFull_TheDeadlineFindsTheResult()
    {
        var world = new SimulatedWorld(seed: 6);
        SimulatedLoop loop = world.AddLoop();
        loop.MailboxCapacity = 0;
        BridgeResult<int>? result = null;
        Call().Detach();
        world.RunFor(99);
        result.ShouldBeNull();
        world.RunFor(1);
        result.ShouldBe(new BridgeResult<int>(BridgeStatus.Done, 3, null));

        async Flow Call() => result = await Bridge.RunAsync(loop, _ => ValueTask.FromResult(3), world.StartMs + 100);
    }

    [Fact]
    public void RunAsync_TheLoopEndsMeanwhile_TheFlowGoesOn()
    {
        var group = new WorkerGroup(1);
        EventLoop loop = group.Workers[0];
        using var began = new ManualResetEventSlim();
        using var release = new ManualResetEventSlim();
        BridgeStatus? status = null;
        loop.TryPost(() => Call().Detach());
        began.Wait(TimeSpan.FromSeconds(20)).ShouldBeTrue();
        group.Dispose();
        status.ShouldBe(BridgeStatus.Ended);
        release.Set();

        async Flow Call() => status = (await Bridge.RunAsync(
            loop,
            token =>
            {
                began.Set();
                release.Wait(token);
                return ValueTask.FromResult(1);
            },
            loop.NowMs + 60_000)).Status;
    }

    [Fact]
    public void RunAsync_TheLoopHasEnded_SaysSoAtOnce()
    {
        SimulatedLoop loop = new SimulatedWorld(seed: 1).AddLoop();
        loop.End();
        BridgeStatus? status = null;
        Call().Detach();
        status.ShouldBe(BridgeStatus.Ended);

        async Flow Call() => status = (await Bridge.RunAsync(loop, _ => ValueTask.FromResult(1), loop.NowMs + 10)).Status;
    }

    [Fact]
    public void RunAsync_OnePastTheBound_IsRefused()
    {
        var world = new SimulatedWorld(seed: 1);
        SimulatedLoop loop = world.AddLoop();
        var ends = new List<BridgeStatus>();
        for (int i = 0; i <= Bridge.MaxCalls; i++)
        {
            Call().Detach();
        }

        ends.ShouldBe([BridgeStatus.Refused]);
        world.RunFor(20);
        ends.Count(end => end == BridgeStatus.Done).ShouldBe(Bridge.MaxCalls);

        async Flow Call() => ends.Add((await Bridge.RunAsync(loop, _ => ValueTask.FromResult(1), loop.NowMs + 10_000)).Status);
    }
}
