using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Atlas.Core.Configuration;
using Atlas.Core.HighAvailability;
using Atlas.Core.Telemetry;
using Atlas.Protocols.Dns;

namespace Atlas.Control.HighAvailability.Dns;

/// <summary>
/// The DNS server of <c>active_active</c>: authoritative for one zone over UDP and TCP (RFC 1034, RFC 7766, RFC 9210), whose names stand
/// for the nodes that live. Who lives others find out, and tell it. Any thread.
/// </summary>
public sealed class DnsServer : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly DnsService _service;
    private readonly DnsDatagrams _datagrams;
    private readonly DnsConnections _connections;
    private Func<string, bool> _isAlive;
    private ResponseLimit? _limit;
    private int _isDisposed;

    private DnsServer(ActiveActiveConfig config, Func<string, bool> isAlive, TimeProvider time, bool mayBeAbsent)
    {
        var counters = new DnsCounters();
        var cookies = new DnsCookies(RandomNumberGenerator.GetBytes(DnsCookies.SecretBytes));
        _service = new DnsService(new DnsResponder(cookies, counters, time), counters, time);
        _isAlive = isAlive;
        _limit = LimitOf(config);
        _service.Serve(new ZoneView(new Zone(config), isAlive, NowSeconds), _limit);
        (Socket tcp, Socket udp) = DnsSockets.Bind(
            config.Bind ?? throw new ArgumentException("it has no address", nameof(config)), mayBeAbsent);
        Address = (IPEndPoint)tcp.LocalEndPoint!;
        _datagrams = new DnsDatagrams(udp, _service);
        _connections = new DnsConnections(tcp, _service);
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint Address { get; }

    /// <summary>The version of its zone: greater each time that the configuration or the set of living nodes has changed.</summary>
    public uint Serial => _service.View.Serial;

    /// <summary>The name of its zone.</summary>
    public string Zone => _service.View.Zone.Config.Zone;

    /// <summary>The version of the zone, and the nodes whose addresses are in answers about its records: each once, in the order of the
    /// configuration. O(records × nodes).</summary>
    public (uint Serial, IReadOnlyList<string> Nodes) Answers
    {
        get
        {
            ZoneView view = _service.View;
            return (view.Serial, view.Named);
        }
    }

    private uint NowSeconds => unchecked((uint)_service.Time.GetUtcNow().ToUnixTimeSeconds());

    /// <summary>Binds, and answers from when it returns.</summary>
    /// <param name="config">A section without errors.</param>
    /// <param name="isAlive">Whether the node of a name is thought to live, this node among them; what is not known lives. Asked once for
    /// each node, now and when the configuration changes.</param>
    /// <param name="time">The clock.</param>
    /// <param name="mayBeAbsent">Whether its address is one that this machine need not have at present, since it comes and goes.</param>
    /// <exception cref="IOException">It cannot listen; says where and why.</exception>
    public static DnsServer Start(ActiveActiveConfig config, Func<string, bool> isAlive, TimeProvider time, bool mayBeAbsent = false) =>
        new(config, isAlive, time, mayBeAbsent);

    /// <summary>Answers by another configuration from when it returns. Connections stay, and so do the sockets.</summary>
    /// <param name="config">A section without errors, which listens on the same address.</param>
    /// <exception cref="ArgumentException">It listens elsewhere: start another server, then dispose of this one.</exception>
    public void Apply(ActiveActiveConfig config)
    {
        lock (_gate)
        {
            ActiveActiveConfig before = _service.View.Zone.Config;
            if (config.Bind is null || config.Bind.ToString() != before.Bind!.ToString())
            {
                throw new ArgumentException($"it listens on {before.Bind}, and not on {config.Bind}", nameof(config));
            }

            if (config == before)
            {
                return;
            }

            _limit = config.ResponseLimit == before.ResponseLimit ? _limit : LimitOf(config);
            _service.Serve(new ZoneView(new Zone(config), _isAlive, ZoneSerial.Next(Serial, NowSeconds)), _limit);
        }
    }

    /// <summary>Answers with other nodes from when it returns. Where all are as before, nothing changes.</summary>
    /// <param name="isAlive">Whether the node of a name is thought to live, as of <see cref="Start"/>.</param>
    public void Apply(Func<string, bool> isAlive)
    {
        lock (_gate)
        {
            _isAlive = isAlive;
            ZoneView before = _service.View;
            var view = new ZoneView(before.Zone, isAlive, ZoneSerial.Next(before.Serial, NowSeconds));
            if (!view.IsAs(before))
            {
                _service.Serve(view, _limit);
            }
        }
    }

    /// <summary>Writes what it counts.</summary>
    public void WriteMetrics(IMetricWriter writer)
    {
        _service.Counters.Write(writer);
        writer.Family("atlas_dns_server_zone_serial", "The version of the DNS server's zone.", MetricKind.Gauge);
        writer.Sample(Serial);
    }

    /// <summary>Closes its sockets and connections. What it is answering may be lost; clients ask again.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
        {
            return;
        }

        await _datagrams.DisposeAsync();
        await _connections.DisposeAsync();
    }

    private static ResponseLimit? LimitOf(ActiveActiveConfig config) => config.ResponseLimit is not { } rate
        ? null
        : new ResponseLimit(rate, BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long))));
}
