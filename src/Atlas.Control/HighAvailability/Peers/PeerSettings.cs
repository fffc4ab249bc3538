using System.Net;
using System.Net.Sockets;
using Atlas.Core.Configuration;
using Atlas.Core.HighAvailability;

namespace Atlas.Control.HighAvailability.Peers;

/// <summary>What a node goes by towards the other nodes.</summary>
public sealed record PeerSettings
{
    /// <summary>This node's name.</summary>
    public required string Node { get; init; }

    /// <summary>Where it hears the others, and sends from; <see cref="BindOf"/>.</summary>
    public required IPEndPoint Bind { get; init; }

    /// <summary>Whether its address is one that this machine need not have at present, since it comes and goes.</summary>
    public bool MayBeAbsent { get; init; }

    /// <summary>The others.</summary>
    public required IReadOnlyList<PeerConfig> Peers { get; init; }

    /// <summary>What all of them share.</summary>
    public required ClusterSecret Secret { get; init; }

    /// <summary>Where a node hears the others: what is written, or every address at the one port that all peers have. IPv4 only where all
    /// peers are IPv4 addresses, else both families.</summary>
    /// <returns>Null: there are no peers.</returns>
    public static IPEndPoint? BindOf(HighAvailabilityConfig config)
    {
        if (config.Peers.Count == 0)
        {
            return null;
        }

        if (config.Bind is { Ip: IPAddress ip })
        {
            return new IPEndPoint(ip, config.Bind.Port);
        }

        bool isIPv4 = config.Peers.All(peer => peer.Address?.Ip?.AddressFamily == AddressFamily.InterNetwork);
        return new IPEndPoint(isIPv4 ? IPAddress.Any : IPAddress.IPv6Any, config.Peers[0].Address!.Port);
    }
}
