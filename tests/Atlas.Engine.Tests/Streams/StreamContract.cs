using Atlas.Engine.Flows;
using Atlas.Engine.Interop;
using Atlas.Engine.Streams;
using Atlas.Engine.Workers;
using static Atlas.Engine.Tests.Streams.StreamCalls;

namespace Atlas.Engine.Tests.Streams;

/// <summary>What every kind of stream promises. The subclasses say where it runs.</summary>
public abstract partial class StreamContract
{
    private const int MuchMoreThanAnyWindow = 32 * 1024 * 1024;

    protected abstract IEnumerable<IStreamWorld> Worlds();

    [Fact]
    public void Connect_SomeoneListens_BothEndsTalk() => Check(async (world, near, far) =>
    {
        (await near.SendAllAsync(Pattern(100))).ShouldBe(100);
        (await far.ReceiveAsync(100)).Bytes.ShouldBe(Pattern(100));
        (await far.SendAllAsync(Pattern(50))).ShouldBe(50);
        (await near.ReceiveAsync(50)).Bytes.ShouldBe(Pattern(50));
    });

    [Fact]
    public void Connect_NobodyListens_IsRefused() => CheckWorld(async world =>
    {
        ConnectResult result = await world.Loop.ConnectAsync(world.Refusing, world.Loop.NowMs + 10_000);
        result.Stream.ShouldBeNull();
        result.Error.ShouldBe(Errno.ECONNREFUSED);
    });

    [Fact]
    public void Connect_NoAnswer_TimesOutAtTheDeadline() => CheckWorld(async world =>
    {
        if (world.Silent is not null)
        {
            long deadlineMs = world.Loop.NowMs + 60;
            ConnectResult result = await world.Loop.ConnectAsync(world.Silent, deadlineMs);
            result.Stream.ShouldBeNull();
            result.Error.ShouldBe(Errno.ETIMEDOUT);
            world.Loop.NowMs.ShouldBeGreaterThanOrEqualTo(deadlineMs);
        }
    });

    [Fact]
    public void Receive_NothingSent_WouldBlock() => Check(async (world, near, far) =>
    {
        far.MayReceive.ShouldBeFalse();
        far.TryReceive(new byte[10]).ShouldBe(ByteStream.WouldBlock);
        far.MayReceive.ShouldBeFalse();
        near.TrySend([1]).ShouldBe(1);
        (await far.ReceiveReadyAsync()).ShouldBe(WaitResult.Ready);
        far.MayReceive.ShouldBeTrue();
    });

    [Fact]
    public void Receive_BytesThenClose_GivesBytesThenEnd() => Check(async (world, near, far) =>
    {
        await near.SendAllAsync(Pattern(10_000));
        near.Close();
        (byte[] bytes, int last) = await far.ReceiveAsync();
        bytes.ShouldBe(Pattern(10_000));
        last.ShouldBe(0);
        far.IsPeerClosed.ShouldBeTrue();
        far.TryReceive(new byte[1]).ShouldBe(0);
    });

    [Fact]
    public void Receive_ExactlyTheBufferThenEnd_TheEndIsNotLost() => Check(async (world, near, far) =>
    {
        await near.SendAllAsync(Pattern(64));
        (await far.ReceiveAsync(64, bufferLength: 64)).Bytes.Length.ShouldBe(64);
        near.ShutdownSend();
        (await far.ReceiveAsync(64, bufferLength: 64)).Last.ShouldBe(0);
    });

    [Fact]
    public void Receive_OneByteAtATime_LosesNothing() => Check(async (world, near, far) =>
    {
        await near.SendAllAsync(Pattern(500));
        near.Close();
        (byte[] bytes, int last) = await far.ReceiveAsync(bufferLength: 1);
        bytes.ShouldBe(Pattern(500));
        last.ShouldBe(0);
    });

    [Fact]
    public void Send_TwoSpans_ArriveInOrder() => Check(async (world, near, far) =>
    {
        int sent = near.TrySend(Pattern(10), Pattern(20, from: 10));
        sent.ShouldBeInRange(1, 30);
        await near.SendAllAsync(Pattern(30 - sent, from: sent));
        (await far.ReceiveAsync(30)).Bytes.ShouldBe(Pattern(30));
    });

    [Fact]
    public void Send_TwoSpansPastTheWindow_GoOnWhereTheyWereCut() => Check(async (world, near, far) =>
    {
        byte[] all = Pattern(MuchMoreThanAnyWindow);
        int sent = near.TrySend(all.AsSpan(0, 1_000_000), all.AsSpan(1_000_000));
        sent.ShouldBeInRange(1, all.Length - 1);
        ResultFlow<(byte[] Bytes, int Last)> receiving = far.ReceiveAsync(sent + 100_000, bufferLength: 65_536);
        await near.SendAllAsync(all[sent..(sent + 100_000)]);
        (await receiving).Bytes.AsSpan().SequenceEqual(all.AsSpan(0, sent + 100_000)).ShouldBeTrue();
    });

    [Fact]
    public void Undelivered_PeersMachineHasAll_IsZero() => Check(async (world, near, far) =>
    {
        // The peer's confirmation may come after the bytes; a handshake's, too.
        var pause = new LoopWait(world.Loop);
        while (near.Undelivered > 0)
        {
            await pause.Begin(world.Loop.NowMs + 1);
        }

        await near.SendAllAsync(Pattern(1000));
        (await far.ReceiveAsync(1000)).Bytes.Length.ShouldBe(1000);
        while (near.Undelivered > 0)
        {
            await pause.Begin(world.Loop.NowMs + 1);
        }
    });

    [Fact]
    public void Undelivered_NobodyReads_IsWhatTheWindowDoesNotTake() => Check(async (world, near, far) =>
    {
        await near.FillAsync(Pattern(MuchMoreThanAnyWindow));
        near.Undelivered.ShouldBeGreaterThan(world is SocketWorld ? 0 : -1);
        near.Abort();
        near.Undelivered.ShouldBe(0);
    });

    [Fact]
    public void Send_NobodyReads_StopsAndGoesOnWhenSomeoneDoes() => Check(async (world, near, far) =>
    {
        byte[] all = Pattern(MuchMoreThanAnyWindow);
        int sent = await near.FillAsync(all);
        sent.ShouldBeLessThan(all.Length);
        near.TrySend(all.AsSpan(sent)).ShouldBe(ByteStream.WouldBlock);

        ResultFlow<(byte[] Bytes, int Last)> receiving = far.ReceiveAsync(sent + 100_000, bufferLength: 65_536);
        (await near.SendReadyAsync()).ShouldBe(WaitResult.Ready);
        (await near.SendAllAsync(all[sent..(sent + 100_000)])).ShouldBe(100_000);
        (await receiving).Bytes.AsSpan().SequenceEqual(all.AsSpan(0, sent + 100_000)).ShouldBeTrue();
    });

    [Fact]
    public void Send_BothWaysAtOnce_BothArriveWhole() => Check(async (world, near, far) =>
    {
        ResultFlow<int> up = near.SendAllAsync(Pattern(300_000));
        ResultFlow<int> down = far.SendAllAsync(Pattern(200_000, from: 7));
        ResultFlow<(byte[] Bytes, int Last)> atNear = near.ReceiveAsync(200_000, bufferLength: 333);
        (await far.ReceiveAsync(300_000, bufferLength: 777)).Bytes.AsSpan().SequenceEqual(Pattern(300_000)).ShouldBeTrue();
        (await atNear).Bytes.AsSpan().SequenceEqual(Pattern(200_000, from: 7)).ShouldBeTrue();
        (await up).ShouldBe(300_000);
        (await down).ShouldBe(200_000);
    });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ShutdownSend_OneDirection_TheOtherGoesOn(bool nearEnds) => Check(async (world, near, far) =>
    {
        (ByteStream ending, ByteStream other) = nearEnds ? (near, far) : (far, near);
        await ending.SendAllAsync(Pattern(5));
        ending.ShutdownSend();
        (byte[] bytes, int last) = await other.ReceiveAsync();
        bytes.ShouldBe(Pattern(5));
        last.ShouldBe(0);
        ending.TrySend([1]).ShouldBe(-Errno.EPIPE);

        (await other.SendAllAsync(Pattern(1000))).ShouldBe(1000);
        other.ShutdownSend();
        (bytes, last) = await ending.ReceiveAsync();
        bytes.ShouldBe(Pattern(1000));
        last.ShouldBe(0);
    });

    [Fact]
    public void Abort_PeerReceives_SeesAnErrorAndNoEnd() => Check(async (world, near, far) =>
    {
        await near.SendAllAsync(Pattern(3));
        (await far.ReceiveAsync(3)).Bytes.Length.ShouldBe(3);
        near.Abort();
        int last = (await far.ReceiveAsync()).Last;
        last.ShouldBe(world.HasResets ? -Errno.ECONNRESET : 0);
    });

    [Fact]
    public void Abort_PeerSends_FailsAndItsReceiverSeesNoEndEither() => Check(async (world, near, far) =>
    {
        near.Abort();
        int sent = 1;
        while (sent > 0 || sent == ByteStream.WouldBlock)
        {
            sent = far.TrySend([1]);
            await Turn(world);
        }

        sent.ShouldBeOneOf(-Errno.ECONNRESET, -Errno.EPIPE);
        if (world.HasResets)
        {
            far.TryReceive(new byte[1]).ShouldBe(-Errno.ECONNRESET);
            far.TryReceive(new byte[1]).ShouldBe(-Errno.ECONNRESET);
        }
    });

    [Fact]
    public void Close_UnreadBytes_ResetsThePeer() => Check(async (world, near, far) =>
    {
        await near.SendAllAsync(Pattern(10));
        (await far.ReceiveReadyAsync()).ShouldBe(WaitResult.Ready);
        far.Close();
        (await near.ReceiveAsync()).Last.ShouldBe(-Errno.ECONNRESET);
    });

    private static ReadinessAwaitable Turn(IStreamWorld world) => new SilentStream(world.Loop).For(1);

    private void CheckWorld(Func<IStreamWorld, Flow> scenario)
    {
        foreach (IStreamWorld world in Worlds())
        {
            using (world)
            {
                world.Run(() => scenario(world));
            }
        }
    }

    private void Check(Func<IStreamWorld, ByteStream, ByteStream, Flow> scenario) => CheckWorld(async world =>
    {
        (ByteStream near, ByteStream far) = await PairAsync(world);
        await scenario(world, near, far);
        near.Close();
        far.Close();
    });

    /// <summary>Makes two streams that are connected to each other.</summary>
    protected virtual ResultFlow<(ByteStream Near, ByteStream Far)> PairAsync(IStreamWorld world) => StreamPair.ConnectAsync(world);
}
