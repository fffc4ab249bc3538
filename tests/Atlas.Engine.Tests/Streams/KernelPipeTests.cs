using System.Net;
using Atlas.Engine.Buffers;
using Atlas.Engine.Flows;
using Atlas.Engine.Interop;
using Atlas.Engine.Streams;
using static Atlas.Engine.Tests.Streams.StreamCalls;

namespace Atlas.Engine.Tests.Streams;

/// <summary>Bytes that go from one socket to another inside the kernel.</summary>
public sealed class KernelPipeTests
{
    private const int Many = 3_000_000;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Splice_MoreThanAnyWindow_ArrivesInOrderWithItsEnd(bool isTcp) => Check(isTcp, async (world, from, left, right, to) =>
    {
        KernelPipe pipe = world.Loop.Pipes.TryRent().ShouldNotBeNull();
        Flow sending = SendAsync(from);
        ResultFlow<(byte[] Bytes, int Last)> receiving = to.ReceiveAsync(bufferLength: 5000);
        int last = 1;
        while (last > 0)
        {
            last = left.TryReceive(pipe);
            if (last == ByteStream.WouldBlock)
            {
                (await left.ReceiveReadyAsync()).ShouldBe(WaitResult.Ready);
                last = 1;
            }

            await DrainAsync(pipe, right);
        }

        last.ShouldBe(0);
        right.ShutdownSend();
        (byte[] bytes, int end) = await receiving;
        end.ShouldBe(0);
        bytes.AsSpan().SequenceEqual(Pattern(Many)).ShouldBeTrue();
        await sending;
        pipe.Length.ShouldBe(0);
        pipe.Return();
        world.Loop.Pipes.Lent.ShouldBe(0);
    });

    [Fact]
    public void Splice_NothingSent_WouldBlockUntilNewsComes() => Check(isTcp: true, async (world, from, left, _, _) =>
    {
        KernelPipe pipe = world.Loop.Pipes.TryRent().ShouldNotBeNull();
        left.TryReceive(pipe).ShouldBe(ByteStream.WouldBlock);
        left.MayReceive.ShouldBeFalse();
        await from.SendAllAsync([1, 2, 3]);
        (await left.ReceiveReadyAsync()).ShouldBe(WaitResult.Ready);
        left.TryReceive(pipe).ShouldBe(3);
        pipe.Length.ShouldBe(3);
        pipe.Return();
    });

    [Fact]
    public void Splice_PeerReset_IsAnErrorAndNoEnd() => Check(isTcp: true, async (world, from, left, _, _) =>
    {
        KernelPipe pipe = world.Loop.Pipes.TryRent().ShouldNotBeNull();
        from.Abort();
        (await left.ReceiveReadyAsync()).ShouldBe(WaitResult.Ready);
        left.IsBroken.ShouldBeTrue();
        left.TryReceive(pipe).ShouldBe(-Errno.ECONNRESET);
        pipe.Return();
    });

    [Fact]
    public void Return_PipeThatHoldsBytes_IsNotLentAgain() => Check(isTcp: true, async (world, from, left, _, to) =>
    {
        KernelPipe pipe = world.Loop.Pipes.TryRent().ShouldNotBeNull();
        await from.SendAllAsync([1, 2, 3]);
        (await left.ReceiveReadyAsync()).ShouldBe(WaitResult.Ready);
        left.TryReceive(pipe).ShouldBe(3);
        pipe.Return();
        KernelPipe next = world.Loop.Pipes.TryRent().ShouldNotBeNull();
        next.Length.ShouldBe(0);
        next.ShouldNotBeSameAs(pipe);
        next.Return();
        world.Loop.Pipes.TryRent().ShouldBeSameAs(next);
        next.Return();
    });

    [Fact]
    public void TryRent_PastTheBound_GivesNone()
    {
        using var pool = new PipePool();
        KernelPipe[] pipes = [.. Enumerable.Range(0, PipePool.MaxLent).Select(_ => pool.TryRent().ShouldNotBeNull())];
        pool.TryRent().ShouldBeNull();
        foreach (KernelPipe pipe in pipes)
        {
            pipe.Return();
        }

        pool.Lent.ShouldBe(0);
        pool.TryRent().ShouldNotBeNull().Return();
    }

    private static async Flow SendAsync(ByteStream from)
    {
        (await from.SendAllAsync(Pattern(Many))).ShouldBe(Many);
        from.ShutdownSend();
    }

    private static async Flow DrainAsync(KernelPipe pipe, ByteStream to)
    {
        while (pipe.Length > 0)
        {
            int sent = to.TrySend(pipe);
            if (sent == ByteStream.WouldBlock)
            {
                (await to.SendReadyAsync()).ShouldBe(WaitResult.Ready);
                continue;
            }

            sent.ShouldBeGreaterThan(0);
        }
    }

    private static void Check(bool isTcp, Func<IStreamWorld, ByteStream, ByteStream, ByteStream, ByteStream, Flow> test)
    {
        using var world = new SocketWorld(isTcp ? IPAddress.Loopback : null);
        world.Run(async () =>
        {
            var acceptor = new Acceptor(world.Loop);
            SocketAddress address = world.Listen(acceptor);
            ByteStream from = (await world.Loop.ConnectAsync(address, world.Loop.NowMs + 10_000)).Stream.ShouldNotBeNull();
            ByteStream left = await acceptor.NextAsync();
            ByteStream right = (await world.Loop.ConnectAsync(address, world.Loop.NowMs + 10_000)).Stream.ShouldNotBeNull();
            ByteStream to = await acceptor.NextAsync();
            left.CanSplice.ShouldBeTrue();
            await test(world, from, left, right, to);
            foreach (ByteStream stream in new[] { from, left, right, to })
            {
                stream.Close();
            }
        });
    }
}
