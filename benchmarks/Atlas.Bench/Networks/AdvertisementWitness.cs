using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Atlas.Bench.Networks;

/// <summary>Hears the advertisements of VRRP (RFC 9568) at the client of a segment, and notes who sent which priority when.</summary>
internal sealed class AdvertisementWitness : IDisposable
{
    // ETH_P_IP of linux/if_ether.h, of which packet(7) wants the network's byte order, and the number of VRRP in IPv4.
    private const short EtherTypeIpv4 = 0x0800;
    private const byte Vrrp = 112;

    // Where protocol and source are in the header of IPv4, and the priority after that header.
    private const int ProtocolAt = 9;
    private const int SourceAt = 12;
    private const int PriorityAt = 2;

    private static readonly TimeSpan LookForEnd = TimeSpan.FromMilliseconds(50);

    private readonly Socket _socket;
    private readonly Thread _thread;
    private readonly ConcurrentQueue<Heard> _heard = new();
    private volatile bool _isEnding;

    internal AdvertisementWitness(BenchNamespace client)
    {
        // A socket for packets hears multicast without being a member of the group. .NET opens none for VRRP above IPv4.
        _socket = client.Within(() =>
            new Socket(AddressFamily.Packet, SocketType.Dgram, (ProtocolType)IPAddress.HostToNetworkOrder(EtherTypeIpv4)));
        _thread = new Thread(Listen) { IsBackground = true };
        _thread.Start();
    }

    /// <summary>An advertisement, and when it came, by <see cref="Stopwatch.GetTimestamp"/>.</summary>
    internal readonly record struct Heard(IPAddress Sender, byte Priority, long At);

    /// <summary>What was sent as a master that stays since a moment.</summary>
    internal int CountOf(IPAddress sender, long since) =>
        _heard.Count(heard => heard.Priority > 0 && heard.At >= since && heard.Sender.Equals(sender));

    public void Dispose()
    {
        _isEnding = true;
        _thread.Join();
        _socket.Dispose();
    }

    private void Listen()
    {
        byte[] packet = new byte[2_048];
        while (!_isEnding)
        {
            if (!_socket.Poll(LookForEnd, SelectMode.SelectRead))
            {
                continue;
            }

            int length = _socket.Receive(packet);
            int head = (packet[0] & 0xF) * 4;
            if (length > head + PriorityAt && packet[ProtocolAt] == Vrrp)
            {
                _heard.Enqueue(new Heard(new IPAddress(packet.AsSpan(SourceAt, 4)), packet[head + PriorityAt], Stopwatch.GetTimestamp()));
            }
        }
    }
}
