using System.Text;
using Atlas.Core.Configuration;
using Atlas.Core.Routing;
using Atlas.Protocols.Http;
using Atlas.Protocols.Http1;
using Atlas.Protocols.Http2;
using Atlas.Proxy.Http2;
using Atlas.Proxy.UserSessions;

namespace Atlas.Proxy.Snapshots;

/// <summary>An HTTP listener as the data plane sees it: immutable.</summary>
/// <param name="Name">The listener's name.</param>
/// <param name="Routes">Where requests go; one that no route takes is 404.</param>
public sealed record HttpListenerSnapshot(string Name, ListenerRoutes Routes) : ListenerSnapshot(Name)
{
    private readonly string _pseudonym = "atlas";
    private readonly HttpLimits _limits = HttpLimits.Default;
    private readonly IpNetwork[] _trustedProxies = [];
    private readonly IpNetwork[] _acceptProxyProtocol = [];

    /// <summary>A listener that takes every request to one pool.</summary>
    public HttpListenerSnapshot(string name, PoolSnapshot pool)
        : this(name, ListenerRoutes.To(pool))
    {
    }

    /// <summary>What happens with paths that hold an encoded slash.</summary>
    public EncodedSlashPolicy EncodedSlashes { get; init; } = EncodedSlashPolicy.Keep;

    /// <summary>Fields that no client sends to a server, and none sees.</summary>
    internal HiddenFields HiddenFields { get; init; } = HiddenFields.None;

    /// <summary>Bounds of request heads.</summary>
    public HttpLimits Limits
    {
        get => _limits;
        init
        {
            _limits = value;
            Http2 = ClientHttp2Limits.Of(value);
        }
    }

    /// <summary>What connections of HTTP/2 accept.</summary>
    internal Http2Limits Http2 { get; private init; } = Http2Limits.Default;

    /// <summary>What is repaired in ambiguous heads instead of refused.</summary>
    public RequestRepairs Repairs { get; init; } = RequestRepairs.None;

    /// <summary>Whether the access log says what was repaired.</summary>
    public bool LogsRepairs { get; init; }

    /// <summary>Bytes that a request body may have; past it 413.</summary>
    public long MaxBodyBytes { get; init; } = long.MaxValue;

    /// <summary>Milliseconds from the first byte of a request to the end of its head; past it 408.</summary>
    public int HeadersMs { get; init; } = 10_000;

    /// <summary>Milliseconds between requests.</summary>
    public int IdleMs { get; init; } = 75_000;

    /// <summary>Milliseconds that a client may neither send nor take any byte of a body.</summary>
    public int BodyIdleMs { get; init; } = 30_000;

    /// <summary>Bytes per second that a request's body must bring after 10 s of waiting for it; 0: any.</summary>
    public int BodyMinRateBytesPerSecond { get; init; } = 240;

    /// <summary>Bytes per second that a client must take of a response after 10 s of waiting for it; 0: any.</summary>
    public int SendMinRateBytesPerSecond { get; init; } = 240;

    /// <summary>Milliseconds after which a connection ends with its request, give or take a tenth, so that connections that
    /// came together do not leave together; <see cref="int.MaxValue"/>: never.</summary>
    public int MaxAgeMs { get; init; } = 3_600_000;

    /// <summary>Peers whose forwarding fields are believed.</summary>
    public IReadOnlyList<IpNetwork> TrustedProxies
    {
        get => _trustedProxies;
        init => _trustedProxies = [.. value];
    }

    /// <summary>Peers whose connections open with a PROXY protocol header; those of others do not.</summary>
    public IReadOnlyList<IpNetwork> AcceptProxyProtocol
    {
        get => _acceptProxyProtocol;
        init => _acceptProxyProtocol = [.. value];
    }

    /// <summary>The value of Strict-Transport-Security, for answers of the proxy itself; empty: none. Routes have it in their rules.</summary>
    internal byte[] Hsts { get; init; } = [];

    /// <summary>Whether servers get <c>Forwarded</c> (RFC 7239) beside <c>X-Forwarded-*</c>.</summary>
    public bool Forwarded { get; init; }

    /// <summary>What <c>Via</c> calls this proxy (RFC 9110 7.6.3), a token.</summary>
    public string Pseudonym
    {
        get => _pseudonym;
        init
        {
            _pseudonym = value;
            PseudonymBytes = Encoding.ASCII.GetBytes(value);
        }
    }

    internal byte[] PseudonymBytes { get; private init; } = Encoding.ASCII.GetBytes("atlas");

    /// <summary>Whether an address is one of <see cref="TrustedProxies"/>.</summary>
    /// <param name="ip">4 or 16 bytes; anything else is trusted by nobody.</param>
    internal bool Trusts(ReadOnlySpan<byte> ip) => Holds(_trustedProxies, ip);

    /// <summary>Whether an address is one of <see cref="AcceptProxyProtocol"/>.</summary>
    /// <param name="ip">4 or 16 bytes; anything else is not.</param>
    internal bool ExpectsProxyHeader(ReadOnlySpan<byte> ip) => Holds(_acceptProxyProtocol, ip);

    internal override ListenerSnapshot With(Func<PoolSnapshot, PoolSnapshot> next) => this with { Routes = Routes.With(next) };

    private static bool Holds(ReadOnlySpan<IpNetwork> networks, ReadOnlySpan<byte> ip)
    {
        foreach (ref readonly IpNetwork network in networks)
        {
            if (network.Contains(ip))
            {
                return true;
            }
        }

        return false;
    }
}
