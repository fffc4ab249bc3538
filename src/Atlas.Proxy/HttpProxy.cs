using System.Collections.Concurrent;
using Atlas.Engine.Streams;
using Atlas.Engine.Workers;
using Atlas.Proxy.Http;

namespace Atlas.Proxy;

/// <summary>Serves HTTP listeners on the workers of a group.</summary>
public sealed class HttpProxy
{
    private readonly ConcurrentDictionary<EventLoop, WorkerContext> _contexts = new();

    /// <summary>Requests taken so far, over all workers.</summary>
    public long Requests => _contexts.Values.Sum(context => context.Requests);

    /// <summary>What serves the connections of a listener.</summary>
    public IConnectionHandler Handler(HttpListener listener) => new SessionStarter(this, listener);

    /// <summary>Begins to drain all connections: idle ones close, busy ones close after their response. Any thread; returns
    /// before the workers have done it.</summary>
    public void Drain() => Post(static context =>
    {
        context.IsDraining = true;
        foreach (HttpSession session in context.Sessions.ToArray())
        {
            if (session.IsIdle)
            {
                session.Client.CancelWaits();
            }
        }

        context.CloseIdleUpstream();
    });

    /// <summary>Ends connections at once, with a reset: a deadline has passed. Any thread; returns before the workers have
    /// done it.</summary>
    /// <param name="tunnels">Whether upgraded connections end too.</param>
    public void Abort(bool tunnels) => Post(context =>
    {
        foreach (HttpSession session in context.Sessions.ToArray())
        {
            if (tunnels || !session.IsTunnel)
            {
                session.Abort();
            }
        }
    });

    private void Post(Action<WorkerContext> action)
    {
        foreach ((EventLoop loop, WorkerContext context) in _contexts)
        {
            loop.TryPost(() => action(context));
        }
    }

    private WorkerContext ContextOf(EventLoop loop) => _contexts.GetOrAdd(loop, static loop => new WorkerContext(loop));

    private sealed class SessionStarter(HttpProxy proxy, HttpListener listener) : IConnectionHandler
    {
        public void OnAccepted(EventLoop loop, ByteStream stream, SocketAddress peer, Action ended) =>
            new HttpSession(proxy.ContextOf(loop), listener, stream, peer, ended).RunAsync().Detach();
    }
}
