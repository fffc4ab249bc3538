using System.Net;
using System.Net.Sockets;
using Atlas.Engine.Datagrams;
using Atlas.Engine.Interop;
using Atlas.Engine.Workers;

namespace Atlas.Engine.Tests.Datagrams;

/// <summary>Connected datagram sockets and what they send, with real ones. The worker is not started: what belongs to it is used on
/// the test's thread.</summary>
public sealed class DatagramSocketTests : IDatagramHandler, IDisposable
{
    private readonly Worker _worker = new(0);
    private readonly DatagramBatch _batch = new();
    private readonly DatagramQueue _queue = new();
    private readonly DatagramSocket _socket;

    public DatagramSocketTests() => _socket = DatagramSocket.Of(_worker, this);

    public void Dispose()
    {
        _worker.Dispose();
        _batch.Dispose();
        _queue.Dispose();
    }

    void IDatagramHandler.OnReadable(DatagramSocket socket)
    {
        // The test receives by itself.
    }

    void IDatagramHandler.OnClosing(DatagramSocket socket) => throw new InvalidOperationException("it is not bound");

    void IDatagramHandler.OnEnded(DatagramSocket socket)
    {
        // Nothing is held for it.
    }

    [Fact]
    public void Send_ToAPortThatNobodyHas_IsRefusedAtTheNextCall()
    {
        int port = FreePort();
        _socket.Connect(SocketAddress.OfIp(IPAddress.Loopback, port)).ShouldBe(0);
        _socket.Send("x"u8).ShouldBe(1);
        ReceiveOf(_socket).ShouldBe(-Errno.ECONNREFUSED);
        _socket.Receive(_batch).ShouldBe(-Errno.EAGAIN, "an error is told once");
        _socket.Send("x"u8).ShouldBe(1);
        Eventually.So(() => _socket.Send("y"u8) == -Errno.ECONNREFUSED);
    }

    [Fact]
    public void Send_QueueToAPortThatNobodyHas_LosesAllOfIt()
    {
        using UdpClient peer = NewPeer();
        Fill(10, 10, 10);
        _socket.Connect(AddressOf(peer)).ShouldBe(0);
        peer.Close();
        _socket.Send("x"u8).ShouldBe(1);
        Eventually.So(() => _socket.Send("x"u8) == -Errno.ECONNREFUSED);
        _socket.Send("x"u8);
        SendTally tally = default;
        Eventually.So(() =>
        {
            AddAll();
            tally = _socket.Send(_queue);
            return tally.Failed == 3;
        });
        tally.Error.ShouldBe(Errno.ECONNREFUSED);
        tally.Datagrams.ShouldBe(0);
    }

    [Theory]
    [InlineData(100, 100, 100, 50)]
    [InlineData(100, 50, 100, 100)]
    [InlineData(50, 100, 100, 100)]
    [InlineData(0, 0, 5, 5)]
    [InlineData(65_507, 65_507)]
    [InlineData(30_000, 30_000, 30_000)]
    public void Send_Queue_ArrivesAsTheDatagramsThatWereAdded(params int[] lengths)
    {
        using UdpClient peer = NewPeer();
        peer.Client.ReceiveBufferSize = 1 << 20;
        Fill(lengths);
        byte[][] expected = [.. Enumerable.Range(0, _batch.Count).Select(i => _batch.PayloadAt(i).ToArray())];
        _socket.Connect(AddressOf(peer)).ShouldBe(0);
        AddAll();
        SendTally tally = _socket.Send(_queue);
        tally.Datagrams.ShouldBe(lengths.Length);
        tally.Bytes.ShouldBe(lengths.Sum());
        tally.Lost.ShouldBe(0);
        _queue.Count.ShouldBe(0);
        foreach (byte[] payload in expected)
        {
            IPEndPoint? from = null;
            peer.Receive(ref from).ShouldBe(payload);
        }
    }

    [Fact]
    public void Receive_OfWhatWasSentAsOne_SaysHowItWasCutAndGoesOnAsItCame()
    {
        // The batch's own socket receives what the queue sent as one message, and the next one gets it as it was.
        Fill(100, 100, 100, 50);
        using var group = new WorkerGroup(1);
        var server = new EchoServer();
        BoundDatagrams bound = group.BindDatagrams(SocketAddress.OfIp(IPAddress.Loopback, 0), server);
        _socket.Connect(bound.Address).ShouldBe(0);
        AddAll();
        _socket.Send(_queue).Datagrams.ShouldBe(4);
        Eventually.So(() => server.Seen.Sum(seen => seen.Length) == 350);
        _batch.Clear();
        Eventually.So(() =>
        {
            _socket.Receive(_batch);
            return Enumerable.Range(0, _batch.Count).Sum(_batch.LengthAt) == 350;
        });
        Enumerable.Range(0, _batch.Count).Sum(_batch.DatagramsAt).ShouldBe(4);
        server.Sent.Datagrams.ShouldBe(4);
        if (Segmentation.Sends && Segmentation.Receives)
        {
            (_, _, _, int length, int segment, _) = server.Seen.ShouldHaveSingleItem();
            (length, segment).ShouldBe((350, 100));
        }
    }

    [Fact]
    public void Receive_OfABurst_TakesWhatIsThereAtOnce()
    {
        // This worker has no turns: each receive counts as one of the same turn.
        using UdpClient peer = NewPeer();
        _socket.Connect(AddressOf(peer)).ShouldBe(0);
        _socket.Send("x"u8).ShouldBe(1);
        IPEndPoint? from = null;
        peer.Receive(ref from);
        for (int i = 0; i < 40; i++)
        {
            peer.Send([(byte)i], from);
        }

        var received = new List<int>();
        Eventually.So(() =>
        {
            received.Add(_socket.Receive(_batch));
            return _batch.Count == 40;
        });
        received.Where(count => count > 0).ShouldBe([1, 1, 1, 4, 8, 16, 9]);
        Enumerable.Range(0, 40).Select(i => (int)_batch.PayloadAt(i)[0]).ShouldBe(Enumerable.Range(0, 40));
        _batch.SourceOf(0).IsNone.ShouldBeTrue();
        _batch.AskedOf(39).IsNone.ShouldBeTrue();
    }

    [Fact]
    public void Batch_WhenFull_TakesNoMore()
    {
        Fill([.. Enumerable.Repeat(1, DatagramBatch.Capacity)]);
        _batch.Room.ShouldBe(0);
        AddAll();
        Should.Throw<ArgumentOutOfRangeException>(() => _queue.Add(_batch, 0));
        Should.Throw<ArgumentOutOfRangeException>(() => _batch.LengthAt(DatagramBatch.Capacity));
    }

    [Fact]
    public void Socket_AfterClose_TakesNothingAndMayBeConnectedAgain()
    {
        using UdpClient peer = NewPeer();
        _socket.Connect(AddressOf(peer)).ShouldBe(0);
        _socket.Close();
        _socket.Close();
        _socket.IsOpen.ShouldBeFalse();
        _socket.Send("x"u8).ShouldBe(-Errno.EBADF);
        _socket.Receive(_batch).ShouldBe(-Errno.EBADF);
        Fill(1, 2);
        AddAll();
        _socket.Send(_queue).Failed.ShouldBe(2);
        _socket.Connect(AddressOf(peer)).ShouldBe(0);
        _socket.Send("x"u8).ShouldBe(1);
    }

    [Fact]
    public void Exchange_Steady_AllocatesNothing()
    {
        using UdpClient peer = NewPeer();
        _socket.Connect(AddressOf(peer)).ShouldBe(0);
        Fill(100);
        long sent = 0;

        Allocations.Of(() =>
        {
            sent = 0;
            for (int i = 0; i < 1_000; i++)
            {
                sent += Exchange();
            }
        }).ShouldBe(0);

        sent.ShouldBe(102 * 1_000);
    }

    private int Exchange()
    {
        int sent = _batch.SourceOf(0).IsNone ? 1 : 0;
        _queue.Add(_batch, 0);
        sent += _socket.Send(_queue).Datagrams;
        sent += _socket.Send(_batch.PayloadAt(0));
        _socket.Receive(_batch);
        return sent;
    }

    private static UdpClient NewPeer()
    {
        var peer = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        peer.Client.ReceiveTimeout = 30_000;
        return peer;
    }

    private static SocketAddress AddressOf(UdpClient client)
    {
        var end = (IPEndPoint)client.Client.LocalEndPoint!;
        return SocketAddress.OfIp(end.Address, end.Port);
    }

    private static int FreePort()
    {
        using UdpClient client = NewPeer();
        return ((IPEndPoint)client.Client.LocalEndPoint!).Port;
    }

    private int ReceiveOf(DatagramSocket socket)
    {
        int result = 0;
        Eventually.So(() => (result = socket.Receive(_batch)) != -Errno.EAGAIN);
        return result;
    }

    private void AddAll()
    {
        for (int i = 0; i < _batch.Count; i++)
        {
            _queue.Add(_batch, i);
        }
    }

    /// <summary>Has the batch hold datagrams of these lengths.</summary>
    private void Fill(params int[] lengths)
    {
        using var source = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        DatagramSocket own = DatagramSocket.Of(_worker, this);
        own.Connect(AddressOf(source)).ShouldBe(0);
        own.Send("x"u8).ShouldBe(1);
        IPEndPoint? from = null;
        source.Receive(ref from);
        foreach (int length in lengths)
        {
            source.Send([.. Enumerable.Range(0, length).Select(i => (byte)(i + length))], from);
            int count = _batch.Count;
            Eventually.So(() =>
            {
                own.Receive(_batch);
                return _batch.Count > count;
            });
        }

        own.Close();
        _batch.Count.ShouldBe(lengths.Length);
    }
}
