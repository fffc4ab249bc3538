using System.Net;
using System.Net.Sockets;
using Atlas.Engine.Buffers;
using Atlas.Engine.Flows;
using Atlas.Engine.Streams;

namespace Atlas.Engine.Tests.Streams;

/// <summary>TCP's urgent data: the kernel ends a receive at its place, though more has come (tcp(7)).</summary>
public sealed class UrgentDataTests
{
    [Fact]
    public void Receive_EndsAtUrgentData_TheRestIsReady() => Check(async (world, stream) =>
    {
        byte[] buffer = new byte[64];
        stream.TryReceive(buffer).ShouldBe(6);
        (await stream.ReceiveReadyAsync(world.Loop.NowMs + 10_000)).ShouldBe(WaitResult.Ready);
        stream.TryReceive(buffer).ShouldBe(5);
        buffer[..5].ShouldBe("after"u8.ToArray());
        stream.TryReceive(buffer).ShouldBe(ByteStream.WouldBlock);
        stream.MayReceive.ShouldBeFalse();
    });

    [Fact]
    public void Splice_EndsAtUrgentData_TheRestIsReadyToBeCopied() => Check(async (world, stream) =>
    {
        KernelPipe pipe = world.Loop.Pipes.TryRent().ShouldNotBeNull();
        stream.TryReceive(pipe).ShouldBe(6);
        pipe.Return();
        pipe = world.Loop.Pipes.TryRent().ShouldNotBeNull();
        stream.TryReceive(pipe).ShouldBe(ByteStream.WouldBlock);
        pipe.Return();
        (await stream.ReceiveReadyAsync(world.Loop.NowMs + 10_000)).ShouldBe(WaitResult.Ready);
        stream.CanSplice.ShouldBeFalse();
        byte[] buffer = new byte[64];
        stream.TryReceive(buffer).ShouldBe(5);
    });

    private static void Check(Func<IStreamWorld, ByteStream, Flow> test)
    {
        using var world = new SocketWorld(IPAddress.Loopback);
        world.Run(async () =>
        {
            var acceptor = new Acceptor(world.Loop);
            SocketAddress address = world.Listen(acceptor);
            using var client = new System.Net.Sockets.Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            client.Connect(IPAddress.Loopback, address.Port);
            ByteStream stream = await acceptor.NextAsync();

            // All of it is there before the loop looks.
            client.Send("before"u8);
            client.Send("!"u8, SocketFlags.OutOfBand);
            client.Send("after"u8);
            (await stream.ReceiveReadyAsync(world.Loop.NowMs + 10_000)).ShouldBe(WaitResult.Ready);
            await test(world, stream);
            stream.Close();
        });
    }
}
