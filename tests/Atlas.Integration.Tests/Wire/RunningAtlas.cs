using System.Globalization;
using System.Net;
using Atlas.Engine.Workers;
using Atlas.Proxy;
using Atlas.Proxy.Retries;
using Atlas.Proxy.Snapshots;
using HttpListener = Atlas.Proxy.HttpListener;
using SocketAddress = Atlas.Engine.Streams.SocketAddress;

namespace Atlas.Integration.Tests.Wire;

/// <summary>Atlas in this process, on a port of the kernel's choice, before servers of the test. When it ends it must have
/// all of its buffers back.</summary>
internal sealed class RunningAtlas : IAsyncDisposable
{
    private readonly WorkerGroup _workers;
    private readonly HttpProxy _proxy = new();
    private readonly HttpListener _listener;
    private readonly PoolSnapshot _pool;
    private readonly BoundAddress _bound;

    public RunningAtlas(params RecordingServer[] servers)
        : this(new AtlasOptions(), servers)
    {
    }

    public RunningAtlas(AtlasOptions options, params RecordingServer[] servers)
        : this(options, servers.Select(server => (server.Name, server.Address)))
    {
    }

    public RunningAtlas(AtlasOptions options, IEnumerable<(string Name, IPEndPoint Address)> servers)
    {
        _workers = new WorkerGroup(options.Workers);
        ServerState[] states = [.. servers.Select(s => new ServerState(s.Name, SocketAddress.OfIp(s.Address.Address, s.Address.Port)))];
        _pool = new PoolSnapshot("pool", states)
        {
            Tls = options.Tls is null ? null : new UpstreamTls(options.Tls, options.ServerName, new Dictionary<ServerState, string>()),
            ResponseMs = options.ResponseMs,
            SendProxyProtocol = options.SendProxyProtocol,
            Protocol = options.Protocol,
            MaxStreams = options.MaxStreams,
            Retry = new RetryPolicy { Attempts = options.Retries },
        };
        var snapshot = new HttpListenerSnapshot("listener", _pool)
        {
            Limits = options.Limits,
            Repairs = options.Repairs,
            MaxBodyBytes = options.MaxBodyBytes,
            HeadersMs = options.HeadersMs,
            IdleMs = options.IdleMs,
            BodyIdleMs = options.BodyIdleMs,
            TrustedProxies = options.TrustedProxies,
        };
        _listener = new HttpListener(options.Change(snapshot));
        _bound = _workers.Listen(
            SocketAddress.OfIp(IPAddress.Loopback, 0),
            new ListenOptions(_proxy.Handler(_listener), 4096, 10_000));
        Address = new IPEndPoint(IPAddress.Loopback, _bound.Address.Port);
    }

    public IPEndPoint Address { get; }

    public string Url => string.Create(CultureInfo.InvariantCulture, $"http://{Address}");

    /// <summary>Connections of clients open now.</summary>
    public int Connections => _bound.Options.Connections;

    /// <summary>Buffers lent over all workers.</summary>
    public int Lent => _workers.Workers.Sum(worker => worker.Buffers.Lent);

    /// <summary>Bytes of buffers that all workers ever needed at once.</summary>
    public long AllocatedBytes => _workers.Workers.Sum(worker => worker.Buffers.AllocatedBytes);

    public Task<WireConnection> ConnectAsync(int receiveBuffer = 0) => WireConnection.ToAsync(Address, receiveBuffer);

    /// <summary>Sends one request on a connection of its own and reads the answer.</summary>
    public async Task<WireMessage> AskAsync(string request, string method = "GET")
    {
        using WireConnection client = await ConnectAsync();
        await client.SendAsync(request);
        return (await WireMessage.ReadResponseAsync(client, method)).ShouldNotBeNull(request);
    }

    /// <summary>Waits until every worker has handled what had arrived when this was called: on loopback a send puts the
    /// bytes into the other end's queue before it returns.</summary>
    public async Task TurnAsync()
    {
        for (int turn = 0; turn < 2; turn++)
        {
            foreach (Worker worker in _workers.Workers)
            {
                var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                worker.TryPost(done.SetResult).ShouldBeTrue();
                await done.Task.WaitAsync(WireConnection.Deadline);
            }
        }
    }

    /// <summary>The managed bytes that the first worker's thread has allocated so far.</summary>
    public async Task<long> ManagedBytesAsync()
    {
        var bytes = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        _workers.Workers[0].TryPost(() => bytes.SetResult(GC.GetAllocatedBytesForCurrentThread())).ShouldBeTrue();
        return await bytes.Task.WaitAsync(WireConnection.Deadline);
    }

    /// <summary>Waits until a condition holds that the workers bring about.</summary>
    public async Task UntilAsync(Func<bool> condition, string what)
    {
        long end = Environment.TickCount64 + (long)WireConnection.Deadline.TotalMilliseconds;
        while (!condition())
        {
            (Environment.TickCount64 < end).ShouldBeTrue(what);
            await Task.Delay(1);
            await TurnAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _bound.Close();
        _proxy.Drain(_listener);
        await UntilAsync(() => Connections == 0, "a connection did not end");
        await UntilAsync(() => Lent == 0, "a buffer was not given back");
        foreach (ServerState server in _pool.Servers)
        {
            _proxy.Forget(server);
        }

        await TurnAsync();
        _workers.Dispose();
    }
}
