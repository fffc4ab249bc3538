using System.Net;
using Atlas.Engine.Flows;
using Atlas.Simulation;

namespace Atlas.Engine.Tests.Streams;

public sealed class TcpStreamTests : StreamContract
{
    protected override IEnumerable<IStreamWorld> Worlds() => [new SocketWorld(IPAddress.Loopback)];
}

public sealed class TcpV6StreamTests : StreamContract
{
    protected override IEnumerable<IStreamWorld> Worlds() => [new SocketWorld(IPAddress.IPv6Loopback)];
}

public sealed class UnixStreamTests : StreamContract
{
    protected override IEnumerable<IStreamWorld> Worlds() => [new SocketWorld(ip: null)];
}

public sealed class SimulatedStreamTests : StreamContract
{
    private const int Seeds = 20;

    protected override IEnumerable<IStreamWorld> Worlds() =>
        Enumerable.Range(0, Seeds)
            .Select(seed => new SimulatedStreamWorld(seed, SimulationOptions.Rough with { MaxPiece = 8192 }))
            .Append(new SimulatedStreamWorld(Seeds, SimulationOptions.Calm));
}

public static class StreamWorldExtensions
{
    /// <summary>Waits until something is so, looking once a millisecond.</summary>
    public static async Flow UntilAsync(this IStreamWorld world, Func<bool> isSo)
    {
        while (!isSo())
        {
            await new SilentStream(world.Loop).For(1);
        }
    }
}
