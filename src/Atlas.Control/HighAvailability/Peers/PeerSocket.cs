using System.Net;
using System.Net.Sockets;
using Atlas.Protocols.Heartbeats;

namespace Atlas.Control.HighAvailability.Peers;

/// <summary>The socket of the nodes, with a thread of its own that receives: heartbeats must not wait for the thread pool behind what else a
/// process does, or a busy node would be taken for a dead one.</summary>
internal sealed class PeerSocket : IDisposable
{
    private readonly Socket _socket;
    private readonly DatagramTaker _take;
    private volatile bool _isClosed;

    /// <summary>Binds it.</summary>
    /// <param name="bind">The address; that of every IPv6 address takes IPv4, too.</param>
    /// <param name="mayBeAbsent">Whether this machine need not have the address at present.</param>
    /// <param name="take">Takes each datagram, on the socket's thread. The bytes are lent until it returns.</param>
    /// <exception cref="IOException">It cannot be bound; the message says why.</exception>
    internal PeerSocket(IPEndPoint bind, bool mayBeAbsent, DatagramTaker take)
    {
        _take = take;
        _socket = new Socket(bind.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            if (bind.AddressFamily == AddressFamily.InterNetworkV6)
            {
                _socket.DualMode = bind.Address.Equals(IPAddress.IPv6Any);
            }

            if (mayBeAbsent)
            {
                FreeBind.Allow(_socket);
            }

            _socket.Bind(bind);
            Bound = (IPEndPoint)_socket.LocalEndPoint!;
        }
        catch (SocketException e)
        {
            _socket.Dispose();
            throw new IOException($"high_availability: cannot listen on {bind}, UDP, for the other nodes: {e.Message}", e);
        }
    }

    internal delegate void DatagramTaker(ReadOnlySpan<byte> datagram, IPEndPoint from);

    /// <summary>Where it is bound.</summary>
    internal IPEndPoint Bound { get; }

    internal void Start() => new Thread(Receive) { IsBackground = true, Name = "atlas-peers-in" }.Start();

    /// <summary>Whether an address can be sent to from here.</summary>
    internal bool Takes(IPAddress address) => Bound.AddressFamily == address.AddressFamily
        || (Bound.Address.Equals(IPAddress.IPv6Any) && address.AddressFamily == AddressFamily.InterNetwork);

    /// <summary>Sends a datagram.</summary>
    /// <returns>Why it was not sent; null: it was.</returns>
    internal string? Send(ReadOnlySpan<byte> datagram, IPEndPoint to)
    {
        try
        {
            bool isMapped = Bound.AddressFamily == AddressFamily.InterNetworkV6 && to.AddressFamily == AddressFamily.InterNetwork;
            _socket.SendTo(datagram, SocketFlags.None, isMapped ? new IPEndPoint(to.Address.MapToIPv6(), to.Port) : to);
            return null;
        }
        catch (SocketException e)
        {
            return e.Message;
        }
        catch (ObjectDisposedException)
        {
            return "the socket was closed";
        }
    }

    public void Dispose()
    {
        _isClosed = true;
        _socket.Dispose();
    }

    private void Receive()
    {
        // One byte more than any heartbeat, by which those that are too long are known.
        byte[] buffer = new byte[HeartbeatLimits.MaxBytes + 1];
        var any = new IPEndPoint(Bound.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
        while (!_isClosed)
        {
            try
            {
                EndPoint from = any;
                int length = _socket.ReceiveFrom(buffer, ref from);
                if (from is IPEndPoint sender && sender.Port != 0)
                {
                    _take(buffer.AsSpan(0, length), Unmapped(sender));
                }
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.MessageSize)
            {
                _take(buffer, any);
            }
            catch (SocketException) when (!_isClosed)
            {
                // Such as that a port of a peer is closed, which its silence says as well. Without memory it would come at once again.
                Thread.Sleep(1);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private static IPEndPoint Unmapped(IPEndPoint from) =>
        from.Address.IsIPv4MappedToIPv6 ? new IPEndPoint(from.Address.MapToIPv4(), from.Port) : from;
}
