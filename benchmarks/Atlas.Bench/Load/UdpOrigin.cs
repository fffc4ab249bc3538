using System.Net;
using Atlas.Engine.Datagrams;
using Atlas.Engine.Workers;
using SocketAddress = Atlas.Engine.Streams.SocketAddress;

namespace Atlas.Bench.Load;

/// <summary>The UDP servers behind the proxies: send every datagram back. Each is counted.</summary>
internal sealed class UdpOrigin : IDatagramServer
{
    private long _datagrams;

    /// <summary>Datagrams answered so far.</summary>
    internal long Datagrams => Volatile.Read(ref _datagrams);

    /// <summary>Listens on a free port of loopback.</summary>
    internal int Listen(WorkerGroup workers) => workers.BindDatagrams(SocketAddress.OfIp(IPAddress.Loopback, 0), this).Address.Port;

    public IDatagramHandler Open(EventLoop loop, DatagramSocket socket, DatagramAddress address) => new Echo(this);

    private sealed class Echo(UdpOrigin origin) : IDatagramHandler
    {
        private readonly DatagramBatch _batch = new();
        private readonly DatagramQueue _queue = new();

        public void OnReadable(DatagramSocket socket)
        {
            socket.Receive(_batch);
            Volatile.Write(ref origin._datagrams, origin._datagrams + _batch.Count);
            for (int slot = 0; slot < _batch.Count; slot++)
            {
                _queue.Add(_batch, slot, _batch.SourceOf(slot), default);
            }

            socket.Send(_queue);
            _batch.Clear();
        }

        public void OnClosing(DatagramSocket socket) => socket.Close();

        public void OnEnded(DatagramSocket socket)
        {
            _batch.Dispose();
            _queue.Dispose();
        }
    }
}
