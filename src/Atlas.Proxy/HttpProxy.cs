using System.Collections.Concurrent;
using Atlas.Engine.Streams;
using Atlas.Engine.Workers;
using Atlas.Proxy.Http;
using Atlas.Proxy.Http2;
using Atlas.Proxy.Logging;
using Atlas.Proxy.Snapshots;
using Atlas.Proxy.Stores;

namespace Atlas.Proxy;

/// <summary>Serves HTTP listeners on the workers of a group.</summary>
public sealed class HttpProxy
{
    private readonly ConcurrentDictionary<EventLoop, WorkerContext> _contexts = new();
    private readonly ClientResets _resets = new();

    /// <summary>What serves the connections of a listener.</summary>
    public IConnectionHandler Handler(HttpListener listener) => new SessionStarter(this, listener);

    /// <summary>Begins to drain the connections of a listener: idle ones close, busy ones close after their response, which
    /// says so. Tunnels go on. What is kept of closed ones for clients that take nothing is given up soon. Any thread; returns before the
    /// workers have done it.</summary>
    /// <param name="listener">Whose connections.</param>
    /// <param name="closeSpreadMs">Milliseconds over which idle connections close, each at a moment of chance; what comes on
    /// one before is answered, and ends it. 0: all at once.</param>
    public void Drain(HttpListener listener, int closeSpreadMs = 0)
    {
        listener.BeginDrain(closeSpreadMs);
        ForSessionsOf(listener, static session => session.Leave());
        LimitLinger(listener, LingeringClose.IdleMs);
    }

    /// <summary>Tells the clients of a listener's WebSocket connections to go: a Close frame of the code 1001 (RFC 6455 7.4.1) between
    /// two frames of their servers, of which nothing is passed on any more. The rest is theirs: they answer to the server, which closes.
    /// Any thread; returns before the workers have done it.</summary>
    public void CloseWebSockets(HttpListener listener)
    {
        listener.ClosesWebSockets = true;
        ForSessionsOf(listener, static session => session.CloseWebSockets());
    }

    /// <summary>Ends what is left of a listener's connections at once, with a reset. Any thread; returns before the workers
    /// have done it.</summary>
    /// <param name="listener">Whose connections.</param>
    /// <param name="tunnels">Whether tunnels end too.</param>
    public void Abort(HttpListener listener, bool tunnels)
    {
        ForSessionsOf(listener, session => session.Abort(tunnels));
        LimitLinger(listener, idleMs: 0);
    }

    /// <summary>Ends the connections of a listener to some of its addresses at once, with a reset: this host has the addresses no more. Any
    /// thread; returns before the workers have done it.</summary>
    /// <param name="listener">Whose connections.</param>
    /// <param name="isAt">Which, by the address that the client connected to.</param>
    public void Abort(HttpListener listener, Predicate<SocketAddress> isAt) => ForSessionsOf(listener, session =>
    {
        if (session.LocalAddress is { } address && isAt(address))
        {
            session.Abort(tunnels: true);
        }
    });

    /// <summary>Closes the unused connections to a server that no snapshot names any more. Any thread; returns before the
    /// workers have done it.</summary>
    public void Forget(ServerState server)
    {
        server.IsForgotten = true;
        OnWorkers(context => context.Forget(server));
    }

    /// <summary>Connects workers to a store, so that the first request need not wait for it. Any thread; returns before the workers
    /// have done it.</summary>
    public void Connect(StoreState store, IEnumerable<EventLoop> loops)
    {
        foreach (EventLoop loop in loops)
        {
            AssuredPost.Post(loop, () => ContextOf(loop).Redis(store));
        }
    }

    /// <summary>Has workers connect to the servers that a store is on now. Any thread; returns before the workers have done
    /// it.</summary>
    public void Follow(StoreState store) => OnWorkers(context => context.Follow(store));

    /// <summary>Closes the connections to a store that no snapshot names any more, once nothing is asked of it. Any thread; returns
    /// before the workers have done it.</summary>
    public void Forget(StoreState store)
    {
        store.IsForgotten = true;
        OnWorkers(context => context.Retire(store));
    }

    /// <summary>Whether a request may still write to an access log that no listener's snapshot names any more: one that began
    /// under an older snapshot, or may begin under the last one of a listener that drains. True as well while a worker takes
    /// no question. Any thread.</summary>
    public async Task<bool> MayWriteToAsync(AccessLog log)
    {
        foreach ((EventLoop loop, WorkerContext context) in _contexts)
        {
            var answer = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            bool isAsked = loop.TryPost(() => answer.SetResult(Array.Exists(
                context.Sessions.ToArray(), session => session.MayWriteTo(log))));
            if (!isAsked || await answer.Task.ConfigureAwait(false))
            {
                return true;
            }
        }

        return false;
    }

    private void ForSessionsOf(HttpListener listener, Action<IClientSession> act)
    {
        OnWorkers(context =>
        {
            foreach (IClientSession session in context.Sessions.ToArray())
            {
                if (session.Owner == listener)
                {
                    act(session);
                }
            }

            context.ForgetIfDrained(listener, context.ViewOf(listener));
        });
    }

    private void LimitLinger(HttpListener listener, int idleMs) => OnWorkers(context => context.Lingering.Limit(listener, idleMs));

    // A drain that misses a worker ends its requests at the deadline, an abort that does keeps its connections for ever.
    private void OnWorkers(Action<WorkerContext> act)
    {
        foreach ((EventLoop loop, WorkerContext context) in _contexts)
        {
            AssuredPost.Post(loop, () => act(context));
        }
    }

    private WorkerContext ContextOf(EventLoop loop) => _contexts.TryGetValue(loop, out WorkerContext? context)
        ? context
        : _contexts.GetOrAdd(loop, new WorkerContext(loop, _resets));

    private sealed class SessionStarter(HttpProxy proxy, HttpListener listener) : IConnectionHandler
    {
        public void OnAccepted(EventLoop loop, ByteStream stream, SocketAddress peer, Action ended)
        {
            WorkerContext context = proxy.ContextOf(loop);
            var connection = new ClientConnection(listener, context.ViewOf(listener), peer, ended);
            new HttpSession(context, connection, stream).RunAsync().Detach();
        }
    }
}
