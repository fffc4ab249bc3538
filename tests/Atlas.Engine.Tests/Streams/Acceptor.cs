using Atlas.Engine.Flows;
using Atlas.Engine.Streams;
using Atlas.Engine.Workers;
using Atlas.Simulation;

namespace Atlas.Engine.Tests.Streams;

/// <summary>Keeps accepted connections until a test asks for them.</summary>
public sealed class Acceptor(EventLoop loop) : IConnectionHandler
{
    private readonly Queue<ByteStream> _accepted = new();
    private LoopSignal _signal = new(loop);

    public SocketAddress? LastPeer { get; private set; }

    public void OnAccepted(EventLoop loop, ByteStream stream, SocketAddress peer, Action ended)
    {
        LastPeer = peer;
        _accepted.Enqueue(stream);
        _signal.Set();
    }

    public async ResultFlow<ByteStream> NextAsync()
    {
        while (_accepted.Count == 0)
        {
            _signal = new LoopSignal(loop);
            await _signal;
        }

        return _accepted.Dequeue();
    }
}
