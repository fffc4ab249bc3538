using Atlas.Core.Configuration;
using Atlas.Engine.Workers;
using Atlas.Proxy;
using Atlas.Proxy.Snapshots;

namespace Atlas.Running;

/// <summary>A running Atlas: workers and listeners, from start through reloads to the end of the last connection. One caller
/// at a time.</summary>
internal sealed class AtlasInstance : IAsyncDisposable
{
    private readonly HttpProxy _proxy = new();
    private readonly ListenerSet _listeners;
    private readonly CancellationTokenSource _hurry = new();
    private readonly List<Task> _leaving = [];
    private ProxySnapshot _snapshot = ProxySnapshot.Empty;

    private AtlasInstance(AtlasConfig config)
    {
        Config = config;
        Workers = new WorkerGroup(config.Runtime.Workers ?? Environment.ProcessorCount);
        _listeners = new ListenerSet(Workers, _proxy);
    }

    /// <summary>The configuration in force.</summary>
    internal AtlasConfig Config { get; private set; }

    internal WorkerGroup Workers { get; }

    /// <summary>Whether traffic should be sent here.</summary>
    internal bool IsReady { get; private set; }

    /// <summary>The listeners that accept.</summary>
    internal IReadOnlyList<RunningListener> Listeners => _listeners.Listeners;

    /// <summary>A line for each address that it listens on.</summary>
    internal IEnumerable<string> Describe() =>
        from listener in Listeners
        from address in listener.Addresses
        select $"listener {listener.Name}: http on {address.Bound.Address}";

    /// <summary>Starts to serve.</summary>
    /// <param name="config">A valid configuration without anything that this version does not run.</param>
    /// <exception cref="IOException">An address cannot be listened on; nothing runs.</exception>
    internal static async Task<AtlasInstance> StartAsync(AtlasConfig config)
    {
        var instance = new AtlasInstance(config);
        try
        {
            instance.Apply(config);
            instance.IsReady = true;
            return instance;
        }
        catch
        {
            await instance.DisposeAsync();
            throw;
        }
    }

    /// <summary>Takes a new configuration. What it does not change goes on untouched; listeners that it takes away drain in
    /// the background.</summary>
    /// <returns>A message for each change that has to wait for the next start.</returns>
    /// <exception cref="IOException">An address cannot be listened on; nothing has changed.</exception>
    internal IReadOnlyList<string> Reload(AtlasConfig config)
    {
        string[] waiting = [.. RestartOnly.Find(Config, config)];
        Apply(config);
        return waiting;
    }

    /// <summary>Ends in order: says that it is not ready, accepts for <c>ready_delay</c> more so that whoever sends traffic
    /// here can notice, then stops accepting and ends the connections.</summary>
    /// <param name="hurry">Cancelled when no time counts any more: what is left then ends at once.</param>
    internal async Task DrainAsync(CancellationToken hurry)
    {
        await using CancellationTokenRegistration forward = hurry.Register(_hurry.Cancel);
        IsReady = false;
        await Task.Delay(Config.Runtime.Shutdown.ReadyDelayMs, _hurry.Token)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _listeners.Close();
        _leaving.Add(ConnectionDrain.RunAsync(_proxy, _listeners.Listeners, Config.Runtime.Shutdown, _hurry.Token));
        await Task.WhenAll(_leaving);
    }

    public ValueTask DisposeAsync()
    {
        _listeners.Close();
        Workers.Dispose();
        _hurry.Dispose();
        return ValueTask.CompletedTask;
    }

    private void Apply(AtlasConfig config)
    {
        ProxySnapshot snapshot = SnapshotBuilder.Build(config, _snapshot);
        IReadOnlyList<RunningListener> gone = _listeners.Apply(config.Listeners, snapshot);
        foreach (ServerState server in Servers(_snapshot).Except(Servers(snapshot)))
        {
            _proxy.Forget(server);
        }

        _snapshot = snapshot;
        Config = config;
        _leaving.RemoveAll(task => task.IsCompleted);
        if (gone.Count > 0)
        {
            _leaving.Add(ConnectionDrain.RunAsync(_proxy, gone, config.Runtime.Shutdown, _hurry.Token));
        }
    }

    private static IEnumerable<ServerState> Servers(ProxySnapshot snapshot) => snapshot.Pools.SelectMany(pool => pool.Servers);
}
