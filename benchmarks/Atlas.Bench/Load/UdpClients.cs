using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Atlas.Engine.Datagrams;
using Atlas.Engine.Timers;
using Atlas.Engine.Workers;
using SocketAddress = Atlas.Engine.Streams.SocketAddress;

namespace Atlas.Bench.Load;

/// <summary>Many clients behind one socket: each is an address of 127.0.0.0/8 that datagrams leave from, so that they cost the clients'
/// core as little as can be. One run at a time.</summary>
internal sealed class UdpClients : IDatagramServer, IDatagramHandler, ITimerTarget
{
    internal const int PayloadBytes = 64;

    // How long answers may still come after the end of a run.
    private const int LateMs = 200;

    private readonly DatagramBatch _seeds = new();
    private readonly DatagramBatch _batch = new();
    private readonly DatagramQueue _queue = new();
    private readonly TaskCompletionSource _seeded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly DatagramAddress[] _sources;
    private EventLoop _loop = null!;
    private DatagramSocket _socket = null!;
    private LoopTimer _timer = null!;
    private TaskCompletionSource<UdpResult> _end = new();
    private DatagramAddress _to;
    private long _startedAt;
    private double _perSecond;
    private double _seconds;
    private double _tookSeconds;
    private long _sent;
    private long _answered;
    private long _answeredAtEnd;
    private bool _isRunning;
    private bool _isLate;

    internal UdpClients(int clients) =>
        _sources = [.. Enumerable.Range(0, clients).Select(i => DatagramAddress.Of(
            SocketAddress.OfIp(new IPAddress([127, 1, (byte)(i >> 8), (byte)i]), 0)))];

    /// <summary>Binds the socket. To be awaited before the first run.</summary>
    internal async Task OpenAsync(WorkerGroup workers)
    {
        BoundDatagrams bound = workers.BindDatagrams(SocketAddress.OfIp(IPAddress.Any, 0), this);
        using var seeder = new UdpClient();
        for (int i = 0; i < DatagramBatch.Capacity; i++)
        {
            await seeder.SendAsync(new byte[PayloadBytes], new IPEndPoint(IPAddress.Loopback, bound.Address.Port));
        }

        await _seeded.Task;
    }

    /// <summary>Each client sends its next datagram when the last one was answered.</summary>
    internal Task<UdpResult> RunAsync(DatagramAddress to, double seconds) => BeginAsync(to, seconds, perSecond: 0);

    /// <summary>The clients send in turn at a rate, whatever is answered.</summary>
    internal Task<UdpResult> RunAtRateAsync(DatagramAddress to, double seconds, double perSecond) => BeginAsync(to, seconds, perSecond);

    public IDatagramHandler Open(EventLoop loop, DatagramSocket socket, DatagramAddress address)
    {
        _loop = loop;
        _socket = socket;
        _timer = new LoopTimer(loop.Timers, this);
        return this;
    }

    public void OnReadable(DatagramSocket socket)
    {
        if (_seeds.Room > 0)
        {
            socket.Receive(_seeds);
            if (_seeds.Room == 0)
            {
                _seeded.SetResult();
            }

            return;
        }

        socket.Receive(_batch);
        _answered += _batch.Count;
        if (_isRunning && _perSecond == 0)
        {
            for (int slot = 0; slot < _batch.Count; slot++)
            {
                _queue.Add(_seeds, slot, _to, _batch.AskedOf(slot));
            }

            _sent += _batch.Count;
            socket.Send(_queue);
        }

        _batch.Clear();
    }

    public void OnTimer(LoopTimer timer)
    {
        double elapsed = Stopwatch.GetElapsedTime(_startedAt).TotalSeconds;
        if (_isLate)
        {
            _isLate = false;
            _end.SetResult(new UdpResult(_answeredAtEnd, _sent - _answered, _tookSeconds));
            return;
        }

        if (elapsed >= _seconds)
        {
            _isRunning = false;
            _isLate = true;
            _tookSeconds = elapsed;
            _answeredAtEnd = _answered;
            timer.Set(_loop.NowMs + LateMs);
            return;
        }

        if (_perSecond > 0)
        {
            SendUpTo((long)(elapsed * _perSecond));
        }

        timer.Set(_loop.NowMs + 1);
    }

    public void OnClosing(DatagramSocket socket) => socket.Close();

    public void OnEnded(DatagramSocket socket)
    {
        _seeds.Dispose();
        _batch.Dispose();
        _queue.Dispose();
    }

    private Task<UdpResult> BeginAsync(DatagramAddress to, double seconds, double perSecond)
    {
        var end = new TaskCompletionSource<UdpResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        _loop.TryPost(() =>
        {
            _end = end;
            _to = to;
            _seconds = seconds;
            _perSecond = perSecond;
            _sent = 0;
            _answered = 0;
            _isRunning = true;
            _startedAt = Stopwatch.GetTimestamp();
            if (perSecond == 0)
            {
                SendUpTo(_sources.Length);
            }

            _timer.Set(_loop.NowMs + 1);
        });
        return end.Task;
    }

    private void SendUpTo(long count)
    {
        while (_sent < count)
        {
            for (int slot = 0; slot < DatagramBatch.Capacity && _sent < count; slot++)
            {
                _queue.Add(_seeds, slot, _to, _sources[_sent++ % _sources.Length]);
            }

            _socket.Send(_queue);
        }
    }
}
