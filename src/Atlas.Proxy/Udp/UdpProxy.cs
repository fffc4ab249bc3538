using System.Collections.Concurrent;
using Atlas.Engine.Datagrams;
using Atlas.Engine.Workers;
using Atlas.Proxy.Logging;

namespace Atlas.Proxy.Udp;

/// <summary>Serves UDP listeners on the workers of a group.</summary>
public sealed class UdpProxy
{
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
