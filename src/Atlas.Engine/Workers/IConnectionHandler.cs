using Atlas.Engine.Streams;

namespace Atlas.Engine.Workers;

/// <summary>Serves accepted connections.</summary>
public interface IConnectionHandler
{
    /// <summary>Called on the thread of the worker that will serve the connection, which owns the stream from then on.
    /// When the connection has ended it must call <paramref name="ended"/>.</summary>
    void OnAccepted(EventLoop loop, ByteStream stream, SocketAddress peer, Action ended);
}
