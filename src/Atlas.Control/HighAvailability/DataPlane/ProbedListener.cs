using System.Net;
using System.Net.Sockets;
using Atlas.Core.Configuration;

namespace Atlas.Control.HighAvailability.DataPlane;

/// <summary>A listener of this node that its probe asks.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Address">Where this machine reaches it.</param>
public sealed record ProbedListener(string Name, EndPoint Address)
{
    /// <summary>Whether a listener can be asked: it reads before it chooses a server, so that its worker answers by itself. Connections to other
    /// TCP listeners go straight on to a server, datagrams are not answered, and in mode kernel no worker is there.</summary>
    public static bool CanAsk(ListenerConfig listener) =>
        listener.Mode == ListenerMode.User
        && (listener.Protocol == ListenerProtocol.Http || (listener.Protocol == ListenerProtocol.Tcp && listener.Tls is not null));

    /// <summary>Where this machine reaches what is bound; every address means the loopback one.</summary>
    /// <param name="bound">An address.</param>
    /// <param name="port">The port that the kernel chose where 0 is written; else the one that is written.</param>
    public static EndPoint AddressOf(BindAddress bound, int port) =>
        bound.UnixPath is string path ? new UnixDomainSocketEndPoint(path)
        : !BindAddress.IsAny(bound.Ip!) ? new IPEndPoint(bound.Ip!, port)
        : new IPEndPoint(bound.Ip!.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Loopback : IPAddress.Loopback, port);
}
