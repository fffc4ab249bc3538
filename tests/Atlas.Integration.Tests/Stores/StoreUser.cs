using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Atlas.Core.Configuration;
using Atlas.Engine.Flows;
using Atlas.Engine.Workers;
using Atlas.Protocols.Resp;
using Atlas.Proxy.Http;
using Atlas.Proxy.Metrics;
using Atlas.Proxy.Stores;

namespace Atlas.Integration.Tests.Stores;

/// <summary>A worker that asks a store.</summary>
internal sealed class StoreUser : IStoreObserver, IDisposable
{
    private readonly WorkerGroup _workers = new(1);
    private readonly WorkerContext _context;

    internal StoreUser(RedisTopology topology, RedisOptions options)
    {
        Store = new StoreState(new StoreConfig { Name = "shared", Type = StoreType.Redis }, options, workers: 1)
        {
            Topology = topology,
            Observer = this,
            Metrics = new ProxyMetrics(1).Store("shared"),
        };
        _context = new WorkerContext(Worker);
    }

    internal StoreUser(int port, RedisOptions? options = null)
        : this(RedisTopology.Of(new RedisEndpoint("127.0.0.1", port)), options ?? new RedisOptions { TimeoutMs = 500 })
    {
    }

    internal StoreState Store { get; }

    internal ConcurrentQueue<string> Changes { get; } = [];

    internal int Moves { get; private set; }

    private Worker Worker => _workers.Workers[0];

    public void StoreChanged(StoreState store) => Changes.Enqueue($"{store.Health.Condition}: {store.Health.Reason}".TrimEnd(' ', ':'));

    public void ServersMoved(StoreState store) => Moves++;

    /// <summary>Connects, and waits until it is up.</summary>
    internal async Task<StoreUser> ConnectAsync()
    {
        Begin();
        await Eventually.IsAsync(() => Store.Health == StoreHealth.Up);
        return this;
    }

    /// <summary>Begins to connect.</summary>
    internal void Begin() => Worker.TryPost(() => _context.Redis(Store));

    /// <summary>Goes to other servers.</summary>
    internal void MoveTo(RedisTopology topology)
    {
        Store.Topology = topology;
        Worker.TryPost(() => _context.Follow(Store));
    }

    /// <summary>Runs a command whose second part is the key.</summary>
    internal Task<(RedisStatus Status, string Text)> CallAsync(params string[] parts) => RunAsync(call =>
    {
        call.IsIdempotent = true;
        call.Command(parts.Length).Part(Encoding.UTF8.GetBytes(parts[0]));
        for (int i = 1; i < parts.Length; i++)
        {
            byte[] part = Encoding.UTF8.GetBytes(parts[i]);
            _ = i == 1 ? call.Key(part) : call.Part(part);
        }
    });

    /// <summary>Runs a call.</summary>
    internal Task<(RedisStatus Status, string Text)> RunAsync(Action<RedisCall> write)
    {
        var end = new TaskCompletionSource<(RedisStatus, string)>(TaskCreationOptions.RunContinuationsAsynchronously);
        Worker.TryPost(() => RunAsync(write, end).Detach()).ShouldBeTrue();
        return end.Task;
    }

    public void Dispose() => _workers.Dispose();

    private async Flow RunAsync(Action<RedisCall> write, TaskCompletionSource<(RedisStatus, string)> end)
    {
        RedisClient client = _context.Redis(Store);
        RedisCall call = client.Rent();
        write(call);
        RedisStatus status = await client.RunAsync(call);
        string text = status == RedisStatus.Ok ? TextOf(call) : call.ErrorText;
        client.Return(call);
        end.SetResult((status, text));
    }

    private static string TextOf(RedisCall call)
    {
        RespReader replies = call.Replies;
        replies.TryRead(out RespValue value).ShouldBeTrue();
        return value.Kind switch
        {
            RespKind.Integer => value.Number.ToString(CultureInfo.InvariantCulture),
            RespKind.Null => "(null)",
            _ => Encoding.UTF8.GetString(value.Bytes),
        };
    }
}
