using Atlas.Control.Kernel;
using Atlas.Core.Configuration;
using Atlas.Engine.Workers;
using Atlas.Proxy;
using Atlas.Proxy.Logging;
using Atlas.Proxy.Snapshots;
using Atlas.Proxy.Stores;
using Atlas.Proxy.Tcp;
using Atlas.Proxy.Udp;
using Atlas.Running.Kernel;
using Atlas.Running.Tls;

namespace Atlas.Running.Listeners;

/// <summary>What serves, for each kind of traffic. Any thread.</summary>
internal sealed class DataPlane(KernelForwarder kernel)
{
    private readonly HttpProxy _http = new();
    private readonly TcpProxy _tcp = new();
    private readonly UdpProxy _udp = new();

    /// <summary>Makes a listener, without an address yet.</summary>
    internal RunningListener Open(ListenerConfig config, ListenerSnapshot snapshot) => snapshot switch
    {
        HttpListenerSnapshot http => OpenHttp(config, http),
        TcpListenerSnapshot tcp => OpenTcp(config, tcp),
        UdpListenerSnapshot udp => new RunningUdpListener(_udp, new UdpListener(udp)) { Config = config },
        KernelListenerSnapshot => new RunningKernelListener(kernel) { Config = config },
        _ => throw new ArgumentException($"listener {config.Name} is of an unknown kind", nameof(snapshot)),
    };

    /// <summary>Connects workers to the stores that a snapshot has and the one before had not, and has connections from now on go by
    /// TLS as it is now.</summary>
    internal void Connect(ProxySnapshot before, ProxySnapshot after, TlsContexts tls, IReadOnlyList<EventLoop> workers)
    {
        foreach (StoreState store in after.Stores)
        {
            store.Tls = tls.OfStore(store.Name);
        }

        foreach (StoreState store in after.Stores.Except(before.Stores).Where(store => store.Redis is not null))
        {
            _http.Connect(store, workers);
        }
    }

    /// <summary>Has workers connect to the servers that a store is on now.</summary>
    internal void Follow(StoreState store) => _http.Follow(store);

    /// <summary>Lets go of the servers and stores that a snapshot has no more.</summary>
    internal void ForgetGone(ProxySnapshot before, ProxySnapshot after)
    {
        foreach (StoreState store in before.Stores.Except(after.Stores))
        {
            _http.Forget(store);
        }

        IEnumerable<ServerState> kept = after.Pools.SelectMany(pool => pool.Servers);
        foreach (ServerState server in before.Pools.SelectMany(pool => pool.Servers).Except(kept))
        {
            _http.Forget(server);
        }
    }

    /// <summary>Whether something may still write to an access log that no listener's snapshot names any more.</summary>
    internal async Task<bool> MayWriteToAsync(AccessLog log) =>
        await _http.MayWriteToAsync(log) || await _tcp.MayWriteToAsync(log) || await _udp.MayWriteToAsync(log);

    /// <summary>Ends what goes to a server that went down, where its pool says so.</summary>
    internal void ServerWentDown(ProxySnapshot snapshot, string pool, string server)
    {
        ServerState? gone = snapshot.Pools.FirstOrDefault(known => known.Name == pool)?.Servers.FirstOrDefault(known => known.Name == server);
        if (gone is not null)
        {
            _tcp.ServerWentDown(gone);
        }
    }

    private RunningTcpListener OpenTcp(ListenerConfig config, TcpListenerSnapshot snapshot)
    {
        var listener = new TcpListener(snapshot);
        var options = new ListenOptions(_tcp.Handler(listener), config.Backlog, config.Limits.Connections);
        return new RunningTcpListener(_tcp, listener, options) { Config = config };
    }

    private RunningHttpListener OpenHttp(ListenerConfig config, HttpListenerSnapshot snapshot)
    {
        var listener = new HttpListener(snapshot);
        var options = new ListenOptions(_http.Handler(listener), config.Backlog, config.Limits.Connections);
        return new RunningHttpListener(_http, listener, options) { Config = config };
    }
}
