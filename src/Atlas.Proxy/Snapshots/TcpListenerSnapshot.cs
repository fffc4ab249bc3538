using Atlas.Core.Configuration;

namespace Atlas.Proxy.Snapshots;

/// <summary>A TCP listener as the data plane sees it: immutable. It has either <see cref="Pool"/> or
/// <see cref="Names"/>.</summary>
/// <param name="Name">The listener's name.</param>
public sealed record TcpListenerSnapshot(string Name) : ListenerSnapshot(Name)
{
    private readonly IpNetwork[] _acceptProxyProtocol = [];

    /// <summary>Where all connections go.</summary>
    public PoolSnapshot? Pool { get; init; }

    /// <summary>Where they go by their ClientHello.</summary>
    public TlsRoutes? Names { get; init; }

    /// <summary>Milliseconds without a byte either way that end a connection.</summary>
    public int IdleMs { get; init; } = 3_600_000;

    /// <summary>Milliseconds from its first moment that a connection has for its PROXY protocol header and its ClientHello.</summary>
    public int HelloMs { get; init; } = 10_000;

    /// <summary>Peers whose connections open with a PROXY protocol header; those of others do not.</summary>
    public IReadOnlyList<IpNetwork> AcceptProxyProtocol
    {
        get => _acceptProxyProtocol;
        init => _acceptProxyProtocol = [.. value];
    }

    internal override ListenerSnapshot With(Func<PoolSnapshot, PoolSnapshot> next) => this with
    {
        Pool = Pool is null ? null : next(Pool),
        Names = Names?.With(next),
    };

    /// <summary>Whether an address is one of <see cref="AcceptProxyProtocol"/>.</summary>
    /// <param name="ip">4 or 16 bytes; anything else is not.</param>
    internal bool ExpectsProxyHeader(ReadOnlySpan<byte> ip)
    {
        foreach (ref readonly IpNetwork network in _acceptProxyProtocol.AsSpan())
        {
            if (network.Contains(ip))
            {
                return true;
            }
        }

        return false;
    }
}
