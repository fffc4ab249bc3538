using Atlas.Engine.Workers;

namespace Atlas.Engine.Datagrams;

/// <summary>Serves what comes to a bound address.</summary>
public interface IDatagramServer
{
    /// <summary>Called on the thread of each worker for its socket, before the first datagram. The socket belongs to the server from
    /// then on.</summary>
    /// <param name="loop">The worker.</param>
    /// <param name="socket">Its socket.</param>
    /// <param name="address">What it is bound to.</param>
    /// <returns>What hears of the socket.</returns>
    IDatagramHandler Open(EventLoop loop, DatagramSocket socket, DatagramAddress address);
}
