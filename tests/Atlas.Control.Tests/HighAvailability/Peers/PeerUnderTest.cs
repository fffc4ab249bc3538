using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using Atlas.Control.HighAvailability.Peers;
using Atlas.Control.Tests.Discovery;
using Atlas.Core.Configuration;
using Atlas.Core.HighAvailability;

namespace Atlas.Control.Tests.HighAvailability.Peers;

/// <summary>A node on the loopback interface with short times.</summary>
internal sealed class PeerUnderTest : IDisposable
{
    internal static readonly ClusterSecret Secret = new("0123456789abcdef0123456789abcdef"u8);
    internal static readonly ClusterSecret OtherSecret = new("0123456789abcdef0123456789abcdeg"u8);

    private readonly string _name;
    private volatile int _dataPlane;

    internal PeerUnderTest(string name)
    {
        _name = name;
        Service = new PeerService(new PeerServiceOptions
        {
            Resolver = Resolver,
            DataPlane = () => (DataPlaneState)_dataPlane,
            Version = "1.2.3",
            Changed = Events.Enqueue,
            Liveness = new LivenessOptions { IntervalUs = 20_000, DeadAfterUs = 400_000 },
        });
        Follow([]);
    }

    internal PeerService Service { get; }

    internal StubResolver Resolver { get; } = new();

    internal ConcurrentQueue<PeerEvent> Events { get; } = new();

    internal DataPlaneState DataPlane
    {
        set
        {
            _dataPlane = (int)value;
            Service.Hurry();
        }
    }

    internal int Port => Service.Bound!.Port;

    internal PeerReport? Of(string peer) => Service.Peers.FirstOrDefault(report => report.Name == peer);

    internal bool IsLive(string peer) => Of(peer) is { IsLive: true };

    internal long Refused(PeerRefusal refusal) => Service.Metrics.Refused[(int)refusal];

    /// <summary>Goes by these peers; the port stays.</summary>
    internal void Follow(
        IReadOnlyList<(string Name, string Address)> peers, ClusterSecret? secret = null, string bind = "127.0.0.1:0", bool mayBeAbsent = false) =>
        Service.Apply(new PeerSettings
        {
            Node = _name,
            Bind = IPEndPoint.Parse(bind),
            MayBeAbsent = mayBeAbsent,
            Secret = secret ?? Secret,
            Peers = [.. peers.Select(peer => new PeerConfig
            {
                Name = peer.Name,
                Address = ServerAddress.TryParse(peer.Address, out ServerAddress? address) ? address : throw new FormatException(peer.Address),
            })],
        });

    internal static string At(int port) => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}");

    public void Dispose() => Service.Dispose();
}
