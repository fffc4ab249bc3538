using System.Net;
using Atlas.Bench.Peers;

namespace Atlas.Bench.Scenarios;

/// <summary>One of the listeners that the peers have, all on the same port of different addresses.</summary>
/// <param name="Address">Its address.</param>
/// <param name="HasIt">Whether a peer has it.</param>
/// <param name="Note">Who has it not, and why, as a sentence after a blank; empty where that is plain.</param>
internal sealed record Front(string Address, Func<Peer, bool> HasIt, string Note = "")
{
    /// <summary>HTTP.</summary>
    internal static Front Http { get; } = new("127.0.0.1", _ => true);

    /// <summary>TCP, passed on unread.</summary>
    internal static Front Tcp { get; } = new("127.0.0.3", peer => peer.ForwardsTcp);

    /// <summary>HTTPS, HTTP/1.1 and HTTP/2, passed on as HTTP/1.1.</summary>
    internal static Front Tls { get; } = new("127.0.0.4", peer => peer.EndsTls, " `relay` knows no TLS.");

    /// <summary>HTTPS, passed on as HTTP/2 in plain text.</summary>
    internal static Front Http2ToServers { get; } = new(
        "127.0.0.5",
        peer => peer.SpeaksHttp2ToServers,
        " nginx speaks HTTP/1.1 to servers only, YARP's routes do not tell listeners apart, and `relay` knows no TLS.");

    /// <summary>Its address, for connections.</summary>
    internal IPAddress Ip => IPAddress.Parse(Address);

    /// <summary>Whether its servers are those of HTTP/2.</summary>
    internal bool HasHttp2Origin => this == Http2ToServers;
}
