using Atlas.Engine.Streams;
using Atlas.Engine.Tests.Streams;
using Atlas.Engine.Tls;
using Atlas.Simulation;

namespace Atlas.Engine.Tests.Tls;

public sealed class TlsTransportTests
{
    private readonly SimulatedLoop _loop = new SimulatedWorld(1).AddLoop();

    [Fact]
    public void Write_NothingIsTaken_IsKeptUpToTheLimitAndNotAByteMore()
    {
        using var transport = new TlsTransport(new SilentStream(_loop));
        transport.TryWrite(new byte[TlsTransport.MaxUnsent - 1]).ShouldBeTrue();
        transport.TryWrite([1, 2]).ShouldBeFalse();
        transport.TryWrite([1]).ShouldBeTrue();
        transport.TryWrite([2]).ShouldBeFalse();
        transport.HasUnsent.ShouldBeTrue();
        transport.TryFlush().ShouldBeFalse();
        transport.WrittenBytes.ShouldBe(TlsTransport.MaxUnsent);
    }

    [Fact]
    public void Write_ThePeerTakesPieces_LeavesInOrder()
    {
        var world = new SimulatedWorld(2, SimulationOptions.Calm with { Window = 100 });
        SimulatedLoop loop = world.AddLoop();
        (SimulatedStream near, SimulatedStream far) = world.Connect(loop, loop);
        using var transport = new TlsTransport(near);
        byte[] all = Streams.StreamCalls.Pattern(1000);
        var received = new List<byte>();
        byte[] buffer = new byte[64];
        for (int i = 0; i < 10; i++)
        {
            transport.TryWrite(all.AsSpan(i * 100, 100)).ShouldBeTrue();
            world.RunFor(5);
            int count = far.TryReceive(buffer);
            received.AddRange(buffer.AsSpan(0, Math.Max(count, 0)));
            world.RunFor(5);
        }

        while (received.Count < all.Length)
        {
            transport.TryFlush();
            world.RunFor(5);
            int count = far.TryReceive(buffer);
            received.AddRange(buffer.AsSpan(0, Math.Max(count, 0)));
            world.RunFor(5);
        }

        received.ShouldBe(all);
        transport.HasUnsent.ShouldBeFalse();
    }

    [Fact]
    public void Write_TheConnectionIsBroken_TakesAllAndSaysSo()
    {
        var world = new SimulatedWorld(3, SimulationOptions.Calm);
        SimulatedLoop loop = world.AddLoop();
        (SimulatedStream near, SimulatedStream far) = world.Connect(loop, loop);
        far.Abort();
        world.RunFor(5);
        using var transport = new TlsTransport(near);
        transport.TryWrite([1]).ShouldBeTrue();
        transport.SendError.ShouldBeLessThan(0);
        transport.TryWrite(new byte[TlsTransport.MaxUnsent + 1]).ShouldBeTrue();
        transport.HasUnsent.ShouldBeFalse();
        transport.TryFlush().ShouldBeTrue();
        near.Abort();
    }

    [Fact]
    public void Read_BytesCameBefore_AreReadFirstAndInPieces()
    {
        using var transport = new TlsTransport(new SilentStream(_loop));
        transport.TakeEarly([1, 2, 3, 4, 5]);
        transport.MayRead.ShouldBeTrue();
        byte[] buffer = new byte[3];
        transport.Read(buffer).ShouldBe(3);
        transport.Read(buffer).ShouldBe(2);
        buffer[..2].ShouldBe([4, 5]);
        transport.MayRead.ShouldBeFalse();
        transport.FirstBytes.ShouldBe(0x04030201u);
        transport.Read(buffer).ShouldBe(ByteStream.WouldBlock);
        transport.IsReadBlocked.ShouldBeTrue();
    }
}
