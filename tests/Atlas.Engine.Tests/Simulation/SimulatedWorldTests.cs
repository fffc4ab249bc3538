using System.Net;
using Atlas.Engine.Buffers;
using Atlas.Engine.Flows;
using Atlas.Engine.Interop;
using Atlas.Engine.Streams;
using Atlas.Engine.Tests.Streams;
using Atlas.Simulation;

namespace Atlas.Engine.Tests.Simulation;

/// <summary>The tests' own ground: that it repeats, and finds what it is there to find.</summary>
public sealed class SimulatedWorldTests
{
    private static readonly SocketAddress Address = SocketAddress.OfIp(IPAddress.Loopback, 80);

    [Fact]
    public void Run_TheSameSeed_IsTheSameRun()
    {
        string[] runs = [.. Enumerable.Range(0, 10).Select(seed => Trace(seed))];
        runs.Distinct(StringComparer.Ordinal).Count().ShouldBe(10, "another seed is another run");
        for (int seed = 0; seed < runs.Length; seed++)
        {
            Trace(seed).ShouldBe(runs[seed]);
        }
    }

    [Fact]
    public void Run_SomeoneWaitsForWhatNeverComes_IsALostWakeUp()
    {
        var world = new SimulatedWorld(seed: 42);
        SimulatedLoop loop = world.AddLoop();
        (SimulatedStream near, _) = world.Connect(loop, loop);
        bool done = false;
        Wait().Detach();
        Should.Throw<SimulationException>(() => world.Run(() => done))
            .Message.ShouldBe("seed 42, after 0 ms: nothing is left to do and the run has not ended: a lost wake-up");

        async Flow Wait()
        {
            await near.ReceiveReadyAsync();
            done = true;
        }
    }

    [Fact]
    public void Run_OnlyATimeoutIsLeft_GoesThereAtOnce()
    {
        var world = new SimulatedWorld(seed: 1);
        SimulatedLoop loop = world.AddLoop();
        (SimulatedStream near, _) = world.Connect(loop, loop);
        WaitResult? result = null;
        Wait().Detach();
        world.Run(() => result is not null);
        result.ShouldBe(WaitResult.TimedOut);
        world.ElapsedMs.ShouldBe(3_600_000);

        async Flow Wait() => result = await near.ReceiveReadyAsync(loop.NowMs + 3_600_000);
    }

    [Fact]
    public void AssertClean_ABufferAndAStreamAreLeft_NamesThem()
    {
        var world = new SimulatedWorld(seed: 3);
        SimulatedLoop loop = world.AddLoop();
        (SimulatedStream near, SimulatedStream far) = world.Connect(loop, loop);
        NativeBuffer buffer = loop.Buffers.TryRent(BufferSize.Small)!;
        near.Close();
        Should.Throw<SimulationException>(world.AssertClean)
            .Message.ShouldBe("seed 3, after 0 ms: 1 streams were not closed and 1 buffers not given back");
        far.Close();
        buffer.Return();
        world.AssertClean();
    }

    [Fact]
    public void Connect_TheAcceptQueueIsFull_WaitsForRoom()
    {
        var world = new SimulatedWorld(seed: 1, SimulationOptions.Calm with { AcceptQueue = 2 });
        SimulatedLoop loop = world.AddLoop();
        SimulatedListener listener = world.Listen(Address, loop, new Acceptor(loop));
        listener.IsPaused = true;
        var results = new List<ConnectResult>();
        for (int i = 0; i < 4; i++)
        {
            Connect(i == 3 ? 50 : 1_000).Detach();
        }

        world.RunFor(100);
        results.Count(result => result.Stream is not null).ShouldBe(2);
        results.Count(result => result.Error == Errno.ETIMEDOUT).ShouldBe(1);
        listener.IsPaused = false;
        world.RunFor(10);
        results.Count(result => result.Stream is not null).ShouldBe(3);
        listener.Accepted.ShouldBe(3);

        async Flow Connect(int patienceMs) => results.Add(await loop.ConnectAsync(Address, loop.NowMs + patienceMs));
    }

    [Fact]
    public void Cut_TheCable_NothingArrivesAndNobodyIsTold()
    {
        var world = new SimulatedWorld(seed: 1);
        SimulatedLoop loop = world.AddLoop();
        (SimulatedStream near, SimulatedStream far) = world.Connect(loop, loop);
        near.TrySend([1]).ShouldBe(1);
        near.Cut();
        near.Abort();
        world.RunFor(1_000_000);
        far.Peek().ShouldBe(ByteStream.WouldBlock);
        far.IsPeerClosed.ShouldBeFalse();
    }

    // What was received when, of two streams that talk.
    private static string Trace(int seed)
    {
        var world = new SimulatedWorld(seed);
        SimulatedLoop loop = world.AddLoop();
        (SimulatedStream near, SimulatedStream far) = world.Connect(loop, loop);
        var trace = new List<string>();
        Send().Detach();
        Receive().Detach();
        world.RunFor(10_000);
        return string.Join(' ', trace);

        async Flow Send()
        {
            await Atlas.Simulation.StreamCalls.SendAllAsync(near, Streams.StreamCalls.Pattern(1_000));
            near.Close();
        }

        async Flow Receive()
        {
            byte[] buffer = new byte[100];
            int received = 1;
            while (received > 0)
            {
                received = await Atlas.Simulation.StreamCalls.ReceiveSomeAsync(far, buffer);
                trace.Add($"{world.ElapsedMs}:{received}");
            }

            far.Close();
        }
    }
}
