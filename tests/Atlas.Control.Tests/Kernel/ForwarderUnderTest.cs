using Atlas.Control.Kernel;
using Atlas.Core.Balancing;
using Atlas.Core.Configuration;
using Atlas.Control.Configuration;
using Microsoft.Extensions.Time.Testing;

namespace Atlas.Control.Tests.Kernel;

/// <summary>A forwarder with a clock that the test moves, over scripted programs. The first listener is <c>fast</c>, its pool has
/// the servers a, b and c.</summary>
internal sealed class ForwarderUnderTest : IDisposable
{
    public const string Tcp =
        """
        listeners:
          fast: { bind: 10.77.1.1:80, protocol: tcp, mode: kernel, pool: web }
        pools:
          web: { servers: [{ name: a, address: 10.0.0.1:80 }, { name: b, address: 10.0.0.2:80 }, { name: c, address: 10.0.0.3:80 }] }
        """;

    private readonly FakeTimeProvider _time = new();
    private readonly Dictionary<string, BalancedServer> _servers = [];
    private readonly List<PoolBalancer> _balancers = [];

    public ForwarderUnderTest(bool isHeld = false) => Forwarder = new KernelForwarder(new KernelOptions
    {
        IsHeld = isHeld,
        Table = "atlas_t",
        Owner = "Atlas, \"f\"\n",
        Programs = Programs,
        Time = _time,
        Changed = change => Events.Add(change),
    });

    public KernelForwarder Forwarder { get; }

    public ScriptedPrograms Programs { get; } = new();

    public List<KernelEvent> Events { get; } = [];

    public BalancedServer this[string server] => _servers[server];

    public string LastScript => Programs.Scripts[^1];

    public static IReadOnlyList<KernelListener> Listeners(string file, Dictionary<string, BalancedServer> servers, List<PoolBalancer> balancers)
    {
        ConfigResult result = ConfigLoader.Parse(file, "f");
        result.Errors.ShouldBeEmpty();
        return
        [
            .. result.Config!.Listeners.Select(listener =>
            {
                PoolConfig pool = result.Config.FindPool(listener.Pool!)!;
                BalancedServer[] states = [.. pool.Servers.Select(server => StateOf(server, servers))];
                var balancer = new PoolBalancer(pool.Balance, states, new RosterOptions(pool.PanicThresholdShare, pool.SlowStartMs), previous: null, nowMs: 0);
                balancers.Add(balancer);
                return new KernelListener(listener, pool, balancer, states);
            }),
        ];
    }

    public void Apply(string file = Tcp)
    {
        _balancers.Clear();
        Forwarder.Apply(Listeners(file, _servers, _balancers));
    }

    /// <summary>Has the rosters take the servers' states, and says so, which takes a millisecond.</summary>
    public void Wake()
    {
        _balancers.ForEach(balancer => balancer.Refresh(0));
        Forwarder.Wake();
        Advance(1);
    }

    public void Advance(int ms) => _time.Advance(TimeSpan.FromMilliseconds(ms));

    public void Dispose() => Forwarder.Dispose();

    private static BalancedServer StateOf(ServerConfig config, Dictionary<string, BalancedServer> servers)
    {
        if (!servers.TryGetValue(config.Name, out BalancedServer? server))
        {
            server = new BalancedServer(config.Name);
            servers.Add(config.Name, server);
        }

        server.Configure(config);
        return server;
    }
}
