using Atlas.Engine.Flows;
using Atlas.Engine.Interop;
using Atlas.Engine.Streams;

namespace Atlas.Engine.Tests.Streams;

public abstract partial class StreamContract
{
    [Fact]
    public void Peek_SilentThenBytesThenEnd_TellsThemApartAndTakesNothing() => Check(async (world, near, far) =>
    {
        far.Peek().ShouldBe(ByteStream.WouldBlock);
        near.TrySend([7]).ShouldBe(1);
        (await far.ReceiveReadyAsync()).ShouldBe(WaitResult.Ready);
        far.Peek().ShouldBe(1);
        far.Peek().ShouldBe(1);
        (await far.ReceiveAsync(1)).Bytes.ShouldBe([7]);
        far.Peek().ShouldBe(ByteStream.WouldBlock);
        near.Close();
        (await far.ReceiveAsync()).Last.ShouldBe(0);
        far.Peek().ShouldBe(0);
    });

    [Fact]
    public void PeerClosedHandler_NobodyReceives_HearsOfTheEndOnce() => Check(async (world, near, far) =>
    {
        var handler = new Handler();
        far.PeerClosedHandler = handler;
        near.ShutdownSend();
        await world.UntilAsync(() => handler.Calls > 0);
        near.Close();
        await Turn(world);
        handler.Calls.ShouldBe(1);
        far.IsPeerClosed.ShouldBeTrue();
    });

    [Fact]
    public void PeerClosedHandler_SomeoneReceives_HearsNothing() => Check(async (world, near, far) =>
    {
        var handler = new Handler();
        far.PeerClosedHandler = handler;
        ResultFlow<(byte[] Bytes, int Last)> receiving = far.ReceiveAsync();
        near.Close();
        (await receiving).Last.ShouldBe(0);
        handler.Calls.ShouldBe(0);
    });

    [Fact]
    public void PeerClosedHandler_BytesNotYetReceived_AreStillThere() => Check(async (world, near, far) =>
    {
        var handler = new Handler();
        far.PeerClosedHandler = handler;
        await near.SendAllAsync(StreamCalls.Pattern(100));
        near.Close();
        await world.UntilAsync(() => handler.Calls > 0);
        (await far.ReceiveAsync()).Bytes.ShouldBe(StreamCalls.Pattern(100));
    });

    [Fact]
    public void Wait_DeadlinePasses_TimesOutNotBefore() => Check(async (world, near, far) =>
    {
        long deadlineMs = world.Loop.NowMs + 30;
        (await far.ReceiveReadyAsync(deadlineMs)).ShouldBe(WaitResult.TimedOut);
        world.Loop.NowMs.ShouldBeGreaterThanOrEqualTo(deadlineMs);
        near.TrySend([1]).ShouldBe(1);
        (await far.ReceiveReadyAsync(world.Loop.NowMs + 10_000)).ShouldBe(WaitResult.Ready);
    });

    [Fact]
    public void Wait_EndedBeforeItsDeadline_TheDeadlineReachesNoLaterWait() => Check(async (world, near, far) =>
    {
        long firstMs = world.Loop.NowMs + 200;
        near.TrySend([1]).ShouldBe(1);
        (await far.ReceiveReadyAsync(firstMs)).ShouldBe(WaitResult.Ready);
        await far.ReceiveAsync(1);
        far.TryReceive(new byte[1]).ShouldBe(ByteStream.WouldBlock);
        long secondMs = firstMs + 40;
        (await far.ReceiveReadyAsync(secondMs)).ShouldBe(WaitResult.TimedOut);
        world.Loop.NowMs.ShouldBeGreaterThanOrEqualTo(secondMs);
    });

    [Fact]
    public void CancelWaits_BothDirectionsWait_BothEndAndStayCancelled() => Check(async (world, near, far) =>
    {
        await near.FillAsync(new byte[MuchMoreThanAnyWindow]);
        ResultFlow<WaitResult> receiving = WaitReceiveAsync(near);
        ResultFlow<WaitResult> sending = WaitSendAsync(near);
        receiving.IsCompleted.ShouldBeFalse();
        sending.IsCompleted.ShouldBeFalse();
        near.CancelWaits();
        (await receiving).ShouldBe(WaitResult.Cancelled);
        (await sending).ShouldBe(WaitResult.Cancelled);
        (await near.ReceiveReadyAsync()).ShouldBe(WaitResult.Cancelled);

        near.ResetCancel();
        far.TrySend([1]).ShouldBe(1);
        (await near.ReceiveReadyAsync()).ShouldBe(WaitResult.Ready);
    });

    [Fact]
    public void CancelWaits_TheFirstWaiterResets_TheOtherDirectionIsNotLeftCancelled() => Check(async (world, near, far) =>
    {
        await near.FillAsync(new byte[MuchMoreThanAnyWindow]);
        Flow resetting = ResetOnCancelAsync(near);
        near.CancelWaits();
        await resetting;
        (await near.SendReadyAsync(world.Loop.NowMs + 10)).ShouldBe(WaitResult.TimedOut);
    });

    [Fact]
    public void Close_SomeoneWaits_TheWaitIsCancelled() => Check(async (world, near, far) =>
    {
        ResultFlow<WaitResult> receiving = WaitReceiveAsync(near);
        near.Close();
        (await receiving).ShouldBe(WaitResult.Cancelled);
        near.ResetCancel();
        (await near.ReceiveReadyAsync()).ShouldBe(WaitResult.Cancelled);
        (await near.SendReadyAsync()).ShouldBe(WaitResult.Cancelled);
    });

    [Fact]
    public void Close_UsedLater_SaysSoAndDoesNothing() => Check(async (world, near, far) =>
    {
        near.Close();
        near.IsClosed.ShouldBeTrue();
        near.TryReceive(new byte[1]).ShouldBe(-Errno.ECONNRESET);
        near.TrySend([1]).ShouldBe(-Errno.EPIPE);
        near.TrySend([1], [2]).ShouldBe(-Errno.EPIPE);
        near.Peek().ShouldBe(-Errno.ECONNRESET);
        near.ShutdownSend();
        near.Close();
        near.Abort();
        (await far.ReceiveAsync()).Last.ShouldBe(0);
    });

    [Fact]
    public void Close_AnotherStreamInTheSameTurn_ItsEventsReachNobody() => CheckWorld(async world =>
    {
        var pairs = new List<(ByteStream Near, ByteStream Far)>();
        for (int i = 0; i < 8; i++)
        {
            pairs.Add(await PairAsync(world));
        }

        // Whoever hears first closes all others, whose events may lie behind its own in the same turn.
        var ends = new List<WaitResult>();
        void OnEnd(ByteStream stream, WaitResult end)
        {
            ends.Add(end);
            pairs.ForEach(pair => pair.Far.Close());
        }

        List<Flow> flows = [.. pairs.Select(pair => HearAsync(pair.Far, OnEnd))];
        pairs.ForEach(pair => pair.Near.TrySend([1]));
        foreach (Flow flow in flows)
        {
            await flow;
        }

        ends.Count(end => end == WaitResult.Ready).ShouldBe(1);
        ends.Count(end => end == WaitResult.Cancelled).ShouldBe(pairs.Count - 1);

        // New streams take the places of those closed, and hear of nothing that was meant for them.
        (ByteStream near, ByteStream far) = await PairAsync(world);
        (await far.ReceiveReadyAsync(world.Loop.NowMs + 20)).ShouldBe(WaitResult.TimedOut);
        near.Close();
        far.Close();
        pairs.ForEach(pair => pair.Near.Close());
    });

    [Fact]
    public void Wait_TwoInOneDirection_IsABug() => Check(async (world, near, far) =>
    {
        ResultFlow<WaitResult> first = WaitReceiveAsync(near);
        Should.Throw<InvalidOperationException>(() => near.ReceiveReadyAsync().OnCompleted(static () => { }));
        near.Close();
        (await first).ShouldBe(WaitResult.Cancelled);
    });

    private static async ResultFlow<WaitResult> WaitReceiveAsync(ByteStream stream) => await stream.ReceiveReadyAsync();

    private static async ResultFlow<WaitResult> WaitSendAsync(ByteStream stream) => await stream.SendReadyAsync();

    private static async Flow ResetOnCancelAsync(ByteStream stream)
    {
        (await stream.ReceiveReadyAsync()).ShouldBe(WaitResult.Cancelled);
        stream.ResetCancel();
    }

    private static async Flow HearAsync(ByteStream stream, Action<ByteStream, WaitResult> onEnd) =>
        onEnd(stream, await stream.ReceiveReadyAsync());

    private sealed class Handler : IPeerClosedHandler
    {
        public int Calls { get; private set; }

        public void OnPeerClosed(ByteStream stream) => Calls++;
    }
}
