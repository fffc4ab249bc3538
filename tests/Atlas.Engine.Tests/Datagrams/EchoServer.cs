using System.Collections.Concurrent;
using Atlas.Engine.Datagrams;
using Atlas.Engine.Workers;

namespace Atlas.Engine.Tests.Datagrams;

/// <summary>Sends every datagram back from the address that was asked, and keeps what it saw.</summary>
public sealed class EchoServer(int slotLength = DatagramBatch.SlotLength) : IDatagramServer
{
    private int _ended;

    public ConcurrentQueue<(int Worker, DatagramAddress Source, DatagramAddress Asked, int Length, int Segment, bool IsCut)> Seen { get; } = new();

    public ConcurrentBag<int> Descriptors { get; } = [];

    public int Ended => Volatile.Read(ref _ended);

    public SendTally Sent { get; private set; }

    public IDatagramHandler Open(EventLoop loop, DatagramSocket socket, DatagramAddress address) => new Port(this, (Worker)loop, slotLength);

    private sealed class Port(EchoServer server, Worker worker, int slotLength) : IDatagramHandler
    {
        private readonly DatagramBatch _batch = new(slotLength);
        private readonly DatagramQueue _queue = new();

        public void OnReadable(DatagramSocket socket)
        {
            server.Descriptors.Add(socket.Descriptor);
            socket.Receive(_batch);
            for (int i = 0; i < _batch.Count; i++)
            {
                server.Seen.Enqueue((
                    worker.Index, _batch.SourceOf(i), _batch.AskedOf(i), _batch.LengthAt(i), _batch.SegmentAt(i), _batch.IsCut(i)));
                _queue.Add(_batch, i, _batch.SourceOf(i), _batch.AskedOf(i));
            }

            server.Sent += socket.Send(_queue);
            _batch.Clear();
        }

        public void OnClosing(DatagramSocket socket) => socket.Close();

        public void OnEnded(DatagramSocket socket)
        {
            _batch.Dispose();
            _queue.Dispose();
            Interlocked.Increment(ref server._ended);
        }
    }
}
