using System.Net;
using System.Net.Sockets;
using System.Text;
using Atlas.Core.Balancing;
using Atlas.Core.Configuration;
using Atlas.Engine.Datagrams;
using Atlas.Engine.Handover;
using Atlas.Engine.Workers;
using Atlas.Proxy.Metrics;
using Atlas.Proxy.Snapshots;
using Atlas.Proxy.Udp;
using SocketAddress = Atlas.Engine.Streams.SocketAddress;

namespace Atlas.Proxy.Tests.Udp;

/// <summary>A UDP listener on real sockets of loopback, with its workers and the servers of one pool.</summary>
internal sealed class UdpWorld : IDisposable
{
    private readonly WorkerGroup _workers;
    private readonly UdpProxy _proxy = new();
    private readonly ProxyMetrics _metrics;
    private readonly List<IDisposable> _open = [];

    internal UdpWorld(int workers = 1, string bind = "127.0.0.1", int servers = 1)
    {
        _workers = new WorkerGroup(workers);
        _metrics = new ProxyMetrics(workers);
        Servers = [.. Enumerable.Range(0, servers).Select(_ => NewSocket())];
        States = [.. Servers.Select((socket, i) => new ServerState($"s{i}", AddressOf(socket)) { Metrics = _metrics.Server("pool", $"s{i}") })];
        Pool = PoolOf(States);
        Listener = new UdpListener(SnapshotOf(Pool));
        Bound = _workers.BindDatagrams(SocketAddress.OfIp(IPAddress.Parse(bind), 0), _proxy.Server(Listener));
    }

    /// <summary>One as of the process that takes the place of another's: with the same sockets, from which it receives nothing yet, and the same
    /// servers.</summary>
    internal UdpWorld(UdpWorld before)
    {
        _workers = new WorkerGroup(before._workers.Workers.Count);
        _metrics = new ProxyMetrics(before._workers.Workers.Count);
        Servers = before.Servers;
        States = [.. before.States.Select(state => new ServerState(state.Name, state.Address) { Metrics = _metrics.Server("pool", state.Name) })];
        Pool = PoolOf(States);
        Listener = new UdpListener(SnapshotOf(Pool));
        (HandoverChannel own, HandoverChannel other) = HandoverChannel.CreatePair();
        using (own)
        using (other)
        {
            own.TrySend("x"u8, [.. before.Bound.Descriptors], 1_000).ShouldBeTrue();
            other.Receive(1_000, out HandoverMessage? message).ShouldBe(HandoverStatus.Received);
            Bound = _workers.BindDatagrams([.. message!.Descriptors.Select(OpenSocket.TryTake).OfType<OpenSocket>()], _proxy.Server(Listener), isHeld: true);
        }

        // The workers open their sockets in a turn of their own.
        _workers.Settle(20_000).ShouldBeTrue();
    }

    internal IReadOnlyList<UdpClient> Servers { get; }

    internal ServerState[] States { get; }

    internal PoolSnapshot Pool { get; set; }

    internal UdpListener Listener { get; }

    internal BoundDatagrams Bound { get; }

    internal UdpMetrics Metrics => _metrics.Udp("udp");

    internal ProxyMetrics All => _metrics;

    public void Dispose()
    {
        _workers.Dispose();
        _open.ForEach(one => one.Dispose());
        States.Sum(state => state.Balancing.Active).ShouldBe(0, "each session ends at its server");
        Metrics.Open.ShouldBe(0);
        Listener.Sessions.ShouldBe(0);
    }

    internal void Abort() => _proxy.Abort(Listener);

    internal IReadOnlyList<HandedUdpSession> HandOut(int most = int.MaxValue) => _proxy.HandOut(Listener, most);

    internal void TakeIn(IReadOnlyList<HandedUdpSession> handed) => _proxy.TakeIn(Listener, handed);

    internal void TakeBack() => _proxy.TakeBack(Listener);

    /// <summary>Leaves what it has handed out, and its sockets, to the other one, which begins to receive.</summary>
    internal void LeaveTo(UdpWorld other)
    {
        Bound.Hold();
        _workers.Settle(20_000).ShouldBeTrue();
        other.Bound.Resume();
        _proxy.EndHandedOut(Listener);
        Bound.LetGo();
    }

    /// <summary>Bytes that the first worker's thread has allocated, this question among them.</summary>
    internal long AllocatedOnWorker()
    {
        var answer = new TaskCompletionSource<long>();
        _workers.Workers[0].TryPost(() => answer.SetResult(GC.GetAllocatedBytesForCurrentThread())).ShouldBeTrue();
        return answer.Task.GetAwaiter().GetResult();
    }

    internal PoolSnapshot PoolOf(
        IReadOnlyList<ServerState> servers,
        BalanceAlgorithm algorithm = BalanceAlgorithm.RoundRobin,
        IPoolObserver? observer = null)
    {
        var balancer = new PoolBalancer(
            algorithm, [.. servers.Select(server => server.Balancing)], new RosterOptions(0.5, 0), previous: null, nowMs: 0);
        return new PoolSnapshot("pool", servers, balancer)
        {
            ConsecutiveFailures = 5,
            Observer = observer,
            Keys = AffinityBuilder.KeysOf(new PoolConfig { Balance = algorithm }),
        };
    }

    internal UdpListenerSnapshot SnapshotOf(PoolSnapshot pool) =>
        new("udp", pool) { Datagrams = Metrics, IdleMs = 60_000 };

    /// <summary>Changes what the listener goes by.</summary>
    internal void Configure(Func<UdpListenerSnapshot, UdpListenerSnapshot> change) => Listener.Snapshot = change(Listener.Snapshot);

    /// <summary>Has a server be in a state.</summary>
    internal void Set(int server, Action<BalancedServer> change)
    {
        change(States[server].Balancing);
        Pool.Balancer.Refresh(0);
    }

    /// <summary>A client that hears the listener only.</summary>
    internal UdpClient NewClient(string to = "127.0.0.1", string from = "127.0.0.1")
    {
        UdpClient client = NewSocket(from);
        client.Connect(IPAddress.Parse(to), Bound.Address.Port);
        return client;
    }

    internal UdpClient NewSocket(string at = "127.0.0.1")
    {
        var socket = new UdpClient(new IPEndPoint(IPAddress.Parse(at), 0));
        socket.Client.ReceiveTimeout = 20_000;
        _open.Add(socket);
        return socket;
    }

    /// <summary>Receives a datagram at a server and sends one back.</summary>
    internal IPEndPoint Answer(int server, string expected, params string[] answers)
    {
        IPEndPoint from = Expect(Servers[server], expected);
        foreach (string answer in answers)
        {
            Servers[server].Send(Bytes(answer), from);
        }

        return from;
    }

    /// <summary>A client asks and a server answers.</summary>
    internal IPEndPoint Exchange(UdpClient client, int server, string text = "question")
    {
        client.Send(Bytes(text));
        IPEndPoint session = Answer(server, text, text + "!");
        Expect(client, text + "!");
        return session;
    }

    internal static IPEndPoint Expect(UdpClient socket, string text)
    {
        IPEndPoint? from = null;
        Encoding.ASCII.GetString(socket.Receive(ref from)).ShouldBe(text);
        return from;
    }

    internal static byte[] Bytes(string text) => Encoding.ASCII.GetBytes(text);

    internal static SocketAddress AddressOf(UdpClient socket)
    {
        var end = (IPEndPoint)socket.Client.LocalEndPoint!;
        return SocketAddress.OfIp(end.Address, end.Port);
    }

    /// <summary>Returns as soon as something is so, and fails after a long time.</summary>
    internal static void Eventually(Func<bool> isSo, [System.Runtime.CompilerServices.CallerArgumentExpression(nameof(isSo))] string what = "")
    {
        long endMs = Environment.TickCount64 + 30_000;
        while (!isSo())
        {
            (Environment.TickCount64 < endMs).ShouldBeTrue("never so: " + what);
            Thread.Sleep(1);
        }
    }
}
