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
    public bool Takes()
    {
        string family = Address.IsIpv6 ? "-6" : "-4";
        Right.Ip($"{family} neigh replace {Ip} lladdr {_cable.LeftLink.HardwareAddress} nud permanent dev eth");
        try
        {
            return Takes(Right);
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
        return Takes(Left);
    }

    /// <summary>What nft shows of the lease's tables.</summary>
    public string Shown() => Nft("list", "ruleset");

    public string Nft(params string[] words) => NetworkSpace.Run(["netns", "exec", Left.Name, "nft", .. words]);

    public void Dispose()
    {
        _receiver.Dispose();
        _cable.Dispose();
    }

    // Packets arrive in the order in which they are sent: one that does not come before the next one was dropped.
    private bool Takes(NetworkSpace from)
    {
        string number = Guid.NewGuid().ToString();
        Send(Ip, "to the address " + number, from);
        Send(Own, "to its own " + number, from);
        bool hasTaken = false;
        while (true)
        {
            byte[] buffer = new byte[256];
            string text = Encoding.ASCII.GetString(buffer, 0, _receiver.Receive(buffer));
            hasTaken |= text == "to the address " + number;
            if (text == "to its own " + number)
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
