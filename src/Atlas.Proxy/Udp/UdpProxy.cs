using System.Collections.Concurrent;
using Atlas.Engine.Datagrams;
using Atlas.Engine.Workers;
using Atlas.Proxy.Logging;

namespace Atlas.Proxy.Udp;

/// <summary>Serves UDP listeners on the workers of a group.</summary>
public sealed class UdpProxy
{
    // A worker's turn takes less than a millisecond.
    private const int TurnMs = 1_000;

    private readonly ConcurrentDictionary<EventLoop, UdpWorker> _workers = new();

    /// <summary>What serves the datagrams of a listener.</summary>
    public IDatagramServer Server(UdpListener listener) => new PortOpener(this, listener);

    /// <summary>Ends a listener's sessions at once. Any thread; returns before the workers have done it.</summary>
    public void Abort(UdpListener listener)
    {
        foreach ((EventLoop loop, UdpWorker worker) in _workers)
        {
            AssuredPost.Post(loop, () => worker.Find(listener)?.EndAll(UdpEnd.Aborted));
        }
    }

    /// <summary>Tells another process of sessions of a listener of which it does not know yet; they go on here until
    /// <see cref="EndHandedOut"/>. Not on a worker's thread.</summary>
    /// <param name="listener">The listener.</param>
    /// <param name="most">How many at once, at least 1.</param>
    /// <returns>The sessions, which belong to the caller; empty: the other process knows all that can be handed over.</returns>
    public IReadOnlyList<HandedUdpSession> HandOut(UdpListener listener, int most)
    {
        var told = new List<HandedUdpSession>();
        Each(listener, sessions => sessions.HandOut(told, most));
        return told;
    }

    /// <summary>Ends the sessions of a listener that another process goes on with. Not on a worker's thread.</summary>
    public void EndHandedOut(UdpListener listener) => Each(listener, sessions => sessions.EndHandedOut());

    /// <summary>Goes on with all sessions of a listener as before <see cref="HandOut"/>. Not on a worker's thread.</summary>
    public void TakeBack(UdpListener listener) => Each(listener, sessions => sessions.TakeBack());

    /// <summary>Goes on with sessions of another process. Not on a worker's thread.</summary>
    /// <param name="listener">The listener, whose sockets are those of the other process.</param>
    /// <param name="handed">The sessions. Those that cannot go on, or came to other sockets, are left to the caller.</param>
    public void TakeIn(UdpListener listener, IReadOnlyList<HandedUdpSession> handed) => Each(listener, sessions => sessions.TakeIn(handed));

    /// <summary>Whether a session may still write to an access log that no listener's snapshot names any more. True as well while a
    /// worker takes no question. Any thread.</summary>
    public async Task<bool> MayWriteToAsync(AccessLog log)
    {
        foreach ((EventLoop loop, UdpWorker worker) in _workers)
        {
            var answer = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            bool isAsked = loop.TryPost(() => answer.SetResult(worker.MayWriteTo(log)));
            if (!isAsked || await answer.Task.ConfigureAwait(false))
            {
                return true;
            }
        }

        return false;
    }

    // One after the other, so that what it does needs no lock. A worker that takes no work within the time is passed over.
    private void Each(UdpListener listener, Action<UdpSessions> act)
    {
        foreach ((EventLoop loop, UdpWorker worker) in _workers)
        {
            var gate = new Lock();
            var done = new TaskCompletionSource();
            bool isTooLate = false;
            if (loop.TryPost(Act) && !done.Task.Wait(TurnMs))
            {
                lock (gate)
                {
                    isTooLate = true;
                }
            }

            void Act()
            {
                lock (gate)
                {
                    if (!isTooLate && worker.Find(listener) is { } sessions)
                    {
                        act(sessions);
                    }
                }

                done.SetResult();
            }
        }
    }

    private UdpWorker WorkerOf(EventLoop loop) => _workers.TryGetValue(loop, out UdpWorker? worker)
        ? worker
        : _workers.GetOrAdd(loop, new UdpWorker(loop));

    private sealed class PortOpener(UdpProxy proxy, UdpListener listener) : IDatagramServer
    {
        public IDatagramHandler Open(EventLoop loop, DatagramSocket socket, DatagramAddress address)
        {
            UdpWorker worker = proxy.WorkerOf(loop);
            return new UdpPort(worker, worker.SessionsOf(listener), socket, address);
        }
    }
}
