using Atlas.Engine.Datagrams;

namespace Atlas.Proxy.Udp;

/// <summary>What tells sessions of a listener apart.</summary>
/// <param name="Client">The client's address and port.</param>
/// <param name="Asked">The address of this host that the client sent to, where the listener has several; else none.</param>
/// <param name="Port">The socket that it came to.</param>
internal readonly record struct SessionKey(DatagramAddress Client, DatagramAddress Asked, UdpPort Port)
{
    // Sockets are few: who sends to several of them from one port is rare, and costs a comparison.
    public override int GetHashCode() =>
        Asked.IsNone ? Client.GetHashCode() : HashCode.Combine(Client.GetHashCode(), Asked.GetHashCode());

    public bool Equals(SessionKey other) => Client.Equals(other.Client) && Asked.Equals(other.Asked) && ReferenceEquals(Port, other.Port);
}
