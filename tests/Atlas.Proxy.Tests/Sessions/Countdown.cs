using Atlas.Simulation;

namespace Atlas.Proxy.Tests.Sessions;

/// <summary>Waits until so many things have happened.</summary>
internal sealed class Countdown(ProxyWorld world, int count)
{
    private int _left = count;

    public LoopSignal Done { get; } = new(world.Loop);

    public void Signal()
    {
        if (--_left == 0)
        {
            Done.Set();
        }
    }
}
