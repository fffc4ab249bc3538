using Atlas.Engine.Flows;
using Atlas.Engine.Streams;
using Atlas.Engine.Workers;

namespace Atlas.Proxy.Tests.Allocation;

/// <summary>A loop that is turned by hand and allocates nothing itself.</summary>
internal sealed class ReplayLoop : EventLoop
{
    private readonly Queue<Continuation> _yielded = new(16);
    private long _nowMs = 1_000_000;

    internal ReplayLoop()
        : base(1_000_000, 1 << 24)
    {
    }

    public override long NowMs => _nowMs;

    protected override bool HasEnded => false;

    /// <summary>What connecting gives.</summary>
    internal ByteStream? Server { get; set; }

    /// <summary>What connecting to another port than 80 gives.</summary>
    internal ByteStream? Mirror { get; set; }

    internal int Connects { get; private set; }

    public override bool TryPost(Action action)
    {
        action();
        return true;
    }

    public override void Yield(Continuation continuation) => _yielded.Enqueue(continuation);

    public override async ResultFlow<ConnectResult> ConnectAsync(SocketAddress address, long deadlineMs)
    {
        Connects++;
        return new ConnectResult(address.Port == 80 ? Server : Mirror, 0);
    }

    /// <summary>Milliseconds pass.</summary>
    internal void Turn(int ms = 1)
    {
        _nowMs += ms;
        Timers.Advance(_nowMs);
        for (int yielded = _yielded.Count; yielded > 0; yielded--)
        {
            _yielded.Dequeue().Run();
        }
    }
}
