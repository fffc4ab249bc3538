using Atlas.Core.Balancing;
using Atlas.Core.Health;
using Atlas.Engine.Datagrams;
using Atlas.Engine.Interop;
using Atlas.Proxy.Errors;
using Atlas.Proxy.Metrics;
using Atlas.Proxy.Retries;
using Atlas.Proxy.Snapshots;

namespace Atlas.Proxy.Udp;

/// <summary>A session's server of the moment, with the connected socket to it: chosen by balancing, judged by whether it answers or
/// refuses. Part of its session and used again with it.</summary>
internal sealed class UdpUpstream(UdpWorker worker, IDatagramHandler handler)
{
    // Servers that one session tries until one answers.
    private const int MaxTries = 4;

    private readonly int[] _tried = new int[MaxTries];
    private int _triedCount;
    private ProxyError _leftFor;
    private FailedTries? _failed;
    private int _serverIndex;
    private long _beganUs;
    private DatagramAddress _client;

    internal DatagramSocket Socket { get; } = DatagramSocket.Of(worker.Loop, handler);

    /// <summary>The pool that it is one of.</summary>
    internal PoolSnapshot Pool { get; private set; } = null!;

    /// <summary>The server; the last one, after <see cref="Leave"/>.</summary>
    internal ServerState Server { get; private set; } = null!;

    /// <summary>How often a server was tried.</summary>
    internal int Attempts { get; private set; }

    /// <summary>The tries that another one followed; null: none did in any session that this was of.</summary>
    internal FailedTries? FailedTries => _failed;

    /// <summary>Microseconds from the connect to the first answer; -1: none came yet.</summary>
    internal long FirstAnswerUs { get; private set; } = -1;

    internal bool IsAnswered => FirstAnswerUs >= 0;

    /// <summary>Begins anew for another client, without a server yet.</summary>
    internal void Begin(PoolSnapshot pool, in DatagramAddress client)
    {
        Pool = pool;
        _client = client;
        _triedCount = 0;
        _leftFor = ProxyError.None;
        _failed?.Clear();
        Attempts = 0;
    }

    /// <summary>Goes on at a server where another process has begun.</summary>
    /// <param name="pool">The pool.</param>
    /// <param name="index">The server's place in it.</param>
    /// <param name="client">The client.</param>
    /// <param name="handed">What the other process had. Its socket is taken.</param>
    /// <returns>False: the socket cannot be watched, and nothing has begun.</returns>
    internal bool TryGoOn(PoolSnapshot pool, int index, in DatagramAddress client, HandedUdpSession handed)
    {
        if (handed.Socket is not { Number: >= 0 } socket || Socket.Adopt(socket.Number) < 0)
        {
            return false;
        }

        socket.Take();
        Begin(pool, client);
        Server = pool.Servers[index];
        _serverIndex = index;
        Attempts = handed.Attempts;
        FirstAnswerUs = handed.FirstAnswerUs;
        _beganUs = worker.Loop.NowUs - (handed.AgeMs * 1_000);
        Server.Balancing.Begin();
        Server.Metrics?.ForWorker(worker.Index).AttemptBegan(AttemptKind.First);
        return true;
    }

    /// <summary>What an error number says of the server: that it refuses, or cannot be reached.</summary>
    internal static bool IsOfServer(int error) =>
        error is Errno.ECONNREFUSED or Errno.EHOSTUNREACH or Errno.ENETUNREACH or Errno.EHOSTDOWN;

    /// <summary>Whether the session stays at its server: not if a pool does not have it any more, or balancing would give it no
    /// session for its health. A server that drains keeps those it has.</summary>
    /// <param name="pool">The listener's pool as it is now.</param>
    internal bool MayGoOn(PoolSnapshot pool)
    {
        if (!ReferenceEquals(pool, Pool))
        {
            int index = pool.IndexOf(Server);
            if (index < 0)
            {
                return false;
            }

            Pool = pool;
            _serverIndex = index;
            _triedCount = 0;
        }

        // In panic servers get sessions whatever is found of them.
        BalancedServer server = Server.Balancing;
        return server.Admin != AdminState.Maintenance
            && ((server.IsUp && !server.IsEjected) || pool.Balancer.Current.Roster.Weights[_serverIndex] > 0);
    }

    /// <summary>Takes a server that balancing gives and that was not tried since one answered, and connects to it.</summary>
    /// <param name="sessions">The listener's.</param>
    /// <param name="evicts">Whether another session may go where the process has no descriptor or port left.</param>
    /// <param name="fault">Why there is none.</param>
    internal bool TryTake(UdpSessions sessions, bool evicts, out UdpDrop fault)
    {
        while (_triedCount < MaxTries)
        {
            if (!TryPick(out fault))
            {
                return false;
            }

            int error = -Socket.Connect(Server.Address);
            if (IsOfProcess(error) && evicts && sessions.EvictOldest())
            {
                error = -Socket.Connect(Server.Address);
            }

            if (error == 0)
            {
                return true;
            }

            if (!IsOfServer(error))
            {
                sessions.Listener.CountRefusal();
                Leave(ProxyError.None);
                fault = UdpDrop.NoSocket;
                return false;
            }

            Failed();
            Leave(ProxyError.ConnectFailed);
        }

        fault = UdpDrop.Refused;
        return false;
    }

    private static bool IsOfProcess(int error) =>
        error is Errno.EMFILE or Errno.ENFILE or Errno.ENOMEM or Errno.ENOBUFS or Errno.EAGAIN or Errno.ENOSPC;

    private bool TryPick(out UdpDrop fault)
    {
        Span<byte> ip = stackalloc byte[DatagramAddress.MaxIpLength];
        ulong key = 0;
        bool hasKey = Pool.Keys?.TryHashClient(ip[.._client.WriteIp(ip)], serverName: default, out key) == true;
        var request = new PickRequest
        {
            Excluded = _tried.AsSpan(0, _triedCount),
            Random = worker.RandomBits(),
            Key = key,
            HasKey = hasKey,
            NowUs = worker.Loop.NowUs,
        };
        ServerState? server = Pool.TryBegin(request, out int index);
        fault = index == Balancer.Full ? UdpDrop.Full : UdpDrop.NoServer;
        if (server is null)
        {
            return false;
        }

        if (_leftFor != ProxyError.None)
        {
            (_failed ??= new FailedTries()).Add(Server, _leftFor, status: 0);
            _leftFor = ProxyError.None;
        }

        Server = server;
        _serverIndex = index;
        FirstAnswerUs = -1;
        _beganUs = worker.Loop.NowUs;
        Attempts++;
        server.Metrics?.ForWorker(worker.Index).AttemptBegan(_triedCount > 0 ? AttemptKind.Failover : AttemptKind.First);
        return true;
    }

    /// <summary>Ends what the session has at the server.</summary>
    internal void Leave(ProxyError error)
    {
        Socket.Close();
        _leftFor = error;
        Server.Metrics?.ForWorker(worker.Index).AttemptEnded(status: 0, error, FirstAnswerUs);
        Pool.End(Server, worker.Loop);
    }

    /// <summary>The first datagram of the server came.</summary>
    internal void Answered()
    {
        long nowUs = worker.Loop.NowUs;
        FirstAnswerUs = nowUs - _beganUs;
        _triedCount = 0;
        if (Pool.ObservesLatency)
        {
            Server.Balancing.Observe(FirstAnswerUs, nowUs);
        }

        Report(ServerOutcome.Success);
    }

    /// <summary>The server refused: it counts against it, and it is not taken again until another one answered.</summary>
    internal void Failed()
    {
        if (Pool.ObservesLatency)
        {
            Server.Balancing.ObserveFailure(worker.Loop.NowUs);
        }

        Report(ServerOutcome.ConnectFailure);
        if (_triedCount < MaxTries)
        {
            _tried[_triedCount++] = _serverIndex;
        }
    }

    private void Report(ServerOutcome outcome)
    {
        if (Pool.ConsecutiveFailures is int failures)
        {
            Span<byte> ip = stackalloc byte[DatagramAddress.MaxIpLength];
            uint client = outcome.IsFailure() ? (uint)KeyHash.Of(ip[.._client.WriteIp(ip)]) : 0;
            if (Server.Outliers.Report(outcome, client, worker.Loop.NowMs, failures))
            {
                Pool.Observer?.ServerSuspected(Pool.Name, Server);
            }
        }
    }
}
