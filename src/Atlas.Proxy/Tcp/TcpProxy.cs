using System.Collections.Concurrent;
using Atlas.Engine.Streams;
using Atlas.Engine.Workers;
using Atlas.Proxy.Errors;
using Atlas.Proxy.Http;
using Atlas.Proxy.Logging;
using Atlas.Proxy.Snapshots;

namespace Atlas.Proxy.Tcp;

/// <summary>Passes the connections of TCP listeners on, on the workers of a group.</summary>
public sealed class TcpProxy
{
    private readonly ConcurrentDictionary<EventLoop, TcpContext> _contexts = new();

    /// <summary>What serves the connections of a listener.</summary>
    public IConnectionHandler Handler(TcpListener listener) => new SessionStarter(this, listener);

    /// <summary>Begins to drain the connections of a listener. What is said on them is not known, so that open ones go on; what is kept
    /// of closed ones for clients that take nothing is given up soon. Any thread; returns before the workers have done it.</summary>
    public void Drain(TcpListener listener)
    {
        listener.BeginDrain();
        LimitLinger(listener, LingeringClose.IdleMs);
    }

    /// <summary>Ends what is left of a listener's connections at once, with a reset. Any thread; returns before the workers
    /// have done it.</summary>
    public void Abort(TcpListener listener)
    {
        ForSessions(session => session.Owner == listener, ProxyError.ShuttingDown);
        LimitLinger(listener, idleMs: 0);
    }

    /// <summary>Ends the connections of a listener to some of its addresses at once, with a reset: this host has the addresses no more. Any
    /// thread; returns before the workers have done it.</summary>
    /// <param name="listener">Whose connections.</param>
    /// <param name="isAt">Which, by the address that the client connected to.</param>
    public void Abort(TcpListener listener, Predicate<SocketAddress> isAt) => ForSessions(
        session => session.Owner == listener && session.LocalAddress is { } address && isAt(address), ProxyError.ShuttingDown);

    /// <summary>Ends the connections to a server that went down, with a reset, where its pool says so; those that still wait for a
    /// server may yet find another. Any thread; returns before the workers have done it.</summary>
    public void ServerWentDown(ServerState server) =>
        ForSessions(session => session.IsConnectedTo(server) && session.Pool is { ClosesOnServerDown: true }, ProxyError.ServerGone);

    /// <summary>Whether a connection may still write to an access log that no listener's snapshot names any more. True as well
    /// while a worker takes no question. Any thread.</summary>
    public async Task<bool> MayWriteToAsync(AccessLog log)
    {
        foreach ((EventLoop loop, TcpContext context) in _contexts)
        {
            var answer = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            bool isAsked = loop.TryPost(() => answer.SetResult(Array.Exists(
                context.Sessions.ToArray(), session => session.Listener.AccessLog.Any(writer => writer.Log == log))));
            if (!isAsked || await answer.Task.ConfigureAwait(false))
            {
                return true;
            }
        }

        return false;
    }

    private void ForSessions(Predicate<TcpSession> choose, ProxyError reason) => OnWorkers(context =>
    {
        foreach (TcpSession session in context.Sessions.ToArray().Where(session => choose(session)))
        {
            session.Abort(reason);
        }
    });

    private void LimitLinger(TcpListener listener, int idleMs) => OnWorkers(context => context.Lingering.Limit(listener, idleMs));

    private void OnWorkers(Action<TcpContext> act)
    {
        foreach ((EventLoop loop, TcpContext context) in _contexts)
        {
            AssuredPost.Post(loop, () => act(context));
        }
    }

    private TcpContext ContextOf(EventLoop loop) => _contexts.TryGetValue(loop, out TcpContext? context)
        ? context
        : _contexts.GetOrAdd(loop, new TcpContext(loop));

    private sealed class SessionStarter(TcpProxy proxy, TcpListener listener) : IConnectionHandler
    {
        public void OnAccepted(EventLoop loop, ByteStream stream, SocketAddress peer, Action ended) =>
            new TcpSession(proxy.ContextOf(loop), listener, stream, peer, ended).RunAsync().Detach();
    }
}
