using System.Net;
using Atlas.Engine.Flows;
using Atlas.Engine.Streams;
using Atlas.Engine.Tests.Streams;
using Atlas.Simulation;

namespace Atlas.Engine.Tests.Tls;

/// <summary>Where tests of both sides run.</summary>
public static class TlsWorlds
{
    public static IStreamWorld Calm => new SimulatedStreamWorld(1, SimulationOptions.Calm);

    public static IStreamWorld ByteByByte => new SimulatedStreamWorld(2, SimulationOptions.ByteByByte);

    /// <summary>A calm one in which little fits between the two ends.</summary>
    public static IStreamWorld Narrow(int window) => new SimulatedStreamWorld(3, SimulationOptions.Calm with { Window = window });

    /// <summary>One in which everything comes in pieces, one after the other.</summary>
    public static IStreamWorld Slow(int seed) => new SimulatedStreamWorld(seed, SimulationOptions.Rough with { SplitPercent = 100 });

    public static IStreamWorld Tcp => new SocketWorld(IPAddress.Loopback);

    public static IEnumerable<IStreamWorld> Rough(int seeds) =>
        Enumerable.Range(0, seeds).Select(seed => new SimulatedStreamWorld(seed, SimulationOptions.Rough));

    /// <summary>Runs a scenario over two connected streams, which are closed at its end.</summary>
    public static void Run(IStreamWorld world, Func<ByteStream, ByteStream, Flow> scenario)
    {
        using (world)
        {
            world.Run(async () =>
            {
                (ByteStream near, ByteStream far) = await StreamPair.ConnectAsync(world);
                await scenario(near, far);
                near.Close();
                far.Close();
            });
        }
    }
}
