using Atlas.Engine.Streams;
using Atlas.Proxy.Logging;
using Atlas.Proxy.Relaying;

namespace Atlas.Proxy.Http;

/// <summary>A client's connection, whatever version of HTTP it speaks, as those see it who end listeners.</summary>
internal interface IClientSession : ISessionLinks<IClientSession>
{
    /// <summary>The listener that accepted it.</summary>
    HttpListener Owner { get; }

    /// <summary>The address that the client connected to; null: none is known.</summary>
    SocketAddress? LocalAddress { get; }

    /// <summary>Draws the moment at which it ends unless a request comes before, and, while it waits for one, makes it know.
    /// The listener drains.</summary>
    void Leave();

    /// <summary>Tells the clients of its WebSocket connections to go.</summary>
    void CloseWebSockets();

    /// <summary>Ends it now, whatever it does: the deadline of a shutdown has passed.</summary>
    /// <param name="tunnels">Whether tunnels end too.</param>
    void Abort(bool tunnels);

    /// <summary>Whether a request may still write to an access log.</summary>
    bool MayWriteTo(AccessLog log);
}
