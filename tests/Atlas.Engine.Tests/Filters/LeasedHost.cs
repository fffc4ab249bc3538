using System.Net;
using System.Net.Sockets;
using System.Text;
using Atlas.Engine.Filters;
using Atlas.Engine.Links;
using Atlas.Engine.Tests.Links;

namespace Atlas.Engine.Tests.Filters;

/// <summary>A host with an address besides its own, a lease of it, and another host that asks: the left and the right of a
/// <see cref="Cable"/>.</summary>
public sealed class LeasedHost : IDisposable
{
    private const string Name = "eth/51";

    private readonly Cable _cable = Cable.Lay();
    private readonly Socket _receiver;
    private readonly int _port;

    public LeasedHost(string address)
    {
        Address = Addresses.Of(address);
        Ip = IPAddress.Parse(address);
        Own = IPAddress.Parse(Address.IsIpv6 ? "fd88::1" : "10.88.0.1");
        _cable.OpenTable(Left).AddAddress(_cable.LeftLink.Index, Address, Address.IsIpv6 ? 64 : 24).ShouldBe(0);
        Lease = Open();

        // Who asks gives up soon.
        string family = Address.IsIpv6 ? "ipv6" : "ipv4";
        NetworkSpace.Run("netns", "exec", Right.Name, "sysctl", "-qw", $"net.{family}.neigh.eth.retrans_time_ms=20");
        _receiver = Left.Within(() => new Socket(Ip.AddressFamily, SocketType.Dgram, ProtocolType.Udp));
        _receiver.Bind(new IPEndPoint(Address.IsIpv6 ? IPAddress.IPv6Any : IPAddress.Any, 0));
        _receiver.ReceiveTimeout = 30_000;
        _port = ((IPEndPoint)_receiver.LocalEndPoint!).Port;
    }

    public LinkAddress Address { get; }

    public IPAddress Ip { get; }

    public IPAddress Own { get; }

    public AddressLease Lease { get; }

    public NetworkSpace Left => _cable.Left;

    public NetworkSpace Right => _cable.Right;

    /// <summary>What has the address answered for, for a time.</summary>
    public AddressLeaseTerms Terms(int answerMs, int filterMs = 3_600_000) =>
        new() { Addresses = [Address], AnswerMs = answerMs, FilterMs = filterMs };

    /// <summary>Opens another lease of the same name, as the process does that comes after.</summary>
    public AddressLease Open() =>
        _cable.Open(Left, (out int error) => AddressLease.TryOpen(Name, Address.IsIpv6, out error));

    /// <summary>Whether the host says that it has the address, to one who asks who has it.</summary>
    public bool SaysWho()
    {
        string family = Address.IsIpv6 ? "-6" : "-4";
        Right.Ip($"{family} neigh flush to {Ip} dev eth");
        Send(Ip, "who", Right);
        string known = "";
        Eventually.So(() => (known = Right.Ip($"{family} neigh show {Ip} dev eth"))
            is var text && (text.Contains("lladdr", StringComparison.Ordinal) || text.Contains("FAILED", StringComparison.Ordinal)));
        return known.Contains("lladdr", StringComparison.Ordinal);
    }

    /// <summary>Whether the host takes a packet to the address from one who knows where it is.</summary>
    /// <param name="length">How many bytes it has at least; more than 1,400 come in fragments.</param>
    public bool Takes(int length = 0)
    {
        string family = Address.IsIpv6 ? "-6" : "-4";
        Right.Ip($"{family} neigh replace {Ip} lladdr {_cable.LeftLink.HardwareAddress} nud permanent dev eth");
        try
        {
            return Takes(Right, length);
        }
        finally
        {
            Right.Ip($"{family} neigh del {Ip} dev eth");
        }
    }

    /// <summary>Whether the host takes a packet of its own to the address.</summary>
    public bool TakesOwn()
    {
        Left.Ip("link set lo up");
        return Takes(Left, 0);
    }

    /// <summary>The port of UDP at which packets are received.</summary>
    public int Port => _port;

    /// <summary>Whether the host answers who connects to a port of the address, at which somebody listens or not.</summary>
    public bool Connects(int port)
    {
        using Socket listener = Left.Within(() => new Socket(Ip.AddressFamily, SocketType.Stream, ProtocolType.Tcp));
        listener.Bind(new IPEndPoint(Address.IsIpv6 ? IPAddress.IPv6Any : IPAddress.Any, 0));
        listener.Listen();
        using Socket first = Right.Within(() => new Socket(Ip.AddressFamily, SocketType.Stream, ProtocolType.Tcp));
        Task connecting = first.ConnectAsync(new IPEndPoint(Ip, port));

        // What is sent later is answered later.
        using Socket second = Right.Within(() => new Socket(Ip.AddressFamily, SocketType.Stream, ProtocolType.Tcp));
        second.Connect(new IPEndPoint(Own, ((IPEndPoint)listener.LocalEndPoint!).Port));
        return first.Poll(0, SelectMode.SelectWrite) || first.Poll(0, SelectMode.SelectError) || connecting.IsCompleted;
    }

    /// <summary>Sends messages of ICMP to the address, one after the other, and returns the type of the first that the host takes.</summary>
    public byte FirstTaken(params byte[] types)
    {
        ProtocolType protocol = Address.IsIpv6 ? ProtocolType.IcmpV6 : ProtocolType.Icmp;
        using Socket receiver = Left.Within(() => new Socket(Ip.AddressFamily, SocketType.Raw, protocol));
        receiver.Bind(new IPEndPoint(Address.IsIpv6 ? IPAddress.IPv6Any : IPAddress.Any, 0));
        receiver.ReceiveTimeout = 30_000;
        using Socket sender = Right.Within(() => new Socket(Ip.AddressFamily, SocketType.Raw, protocol));
        byte[] mark = Guid.NewGuid().ToByteArray();
        foreach (byte type in types)
        {
            sender.SendTo(Message(type, mark), new IPEndPoint(Ip, 0));
        }

        byte[] buffer = new byte[256];
        while (true)
        {
            int length = receiver.Receive(buffer);
            Span<byte> message = buffer.AsSpan(0, length)[(Address.IsIpv6 ? 0 : 20)..];
            if (message.EndsWith(mark))
            {
                return message[0];
            }
        }
    }

    /// <summary>What nft shows of the lease's tables.</summary>
    public string Shown() => Nft("list", "ruleset");

    public string Nft(params string[] words) => NetworkSpace.Run(["netns", "exec", Left.Name, "nft", .. words]);

    public void Dispose()
    {
        _receiver.Dispose();
        _cable.Dispose();
    }

    // The sum of RFC 1071 over IPv4; over IPv6 the kernel writes it.
    private static byte[] Message(byte type, byte[] mark)
    {
        byte[] message = [type, 0, 0, 0, 0, 0, 0, 0, .. mark];
        uint sum = 0;
        for (int i = 0; i < message.Length; i += 2)
        {
            sum += (uint)((message[i] << 8) | message[i + 1]);
        }

        sum = (sum & 0xFFFF) + (sum >> 16);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), (ushort)~((sum & 0xFFFF) + (sum >> 16)));
        return message;
    }

    // Packets arrive in the order in which they are sent: one that does not come before the next one was dropped.
    private bool Takes(NetworkSpace from, int fill)
    {
        string number = Guid.NewGuid().ToString();
        string end = new('.', fill);
        Send(Ip, "to the address " + number + end, from);
        Send(Own, "to its own " + number + end, from);
        bool hasTaken = false;
        while (true)
        {
            byte[] buffer = new byte[8_192];
            string text = Encoding.ASCII.GetString(buffer, 0, _receiver.Receive(buffer));
            hasTaken |= text == "to the address " + number + end;
            if (text == "to its own " + number + end)
            {
                return hasTaken;
            }
        }
    }

    private void Send(IPAddress to, string text, NetworkSpace from)
    {
        using Socket socket = from.Within(() => new Socket(to.AddressFamily, SocketType.Dgram, ProtocolType.Udp));
        socket.SendTo(Encoding.ASCII.GetBytes(text), new IPEndPoint(to, _port));
    }
}
