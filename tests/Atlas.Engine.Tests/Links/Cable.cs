using Atlas.Engine.Links;

namespace Atlas.Engine.Tests.Links;

/// <summary>
/// Two namespaces with a cable between them, whose ends are named <c>eth</c>:
/// <code>
///   left 10.88.0.1/24, fd88::1/64, fe80::1/64   -   right 10.88.0.2/24, fd88::2/64, fe80::2/64
/// </code>
/// All goes with the test.
/// </summary>
public sealed class Cable : IDisposable
{
    private readonly List<IDisposable> _open = [];

    private Cable()
    {
        try
        {
            Left = Keep(new NetworkSpace());
            Right = Keep(new NetworkSpace());
            Connect("eth", "88");
            LeftLink = RunningLink(Left, "eth");
            RightLink = RunningLink(Right, "eth");
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public NetworkSpace Left { get; }

    public NetworkSpace Right { get; }

    public NetworkLink LeftLink { get; }

    public NetworkLink RightLink { get; }

    /// <summary>Lays the cable; skips the test for who is not root.</summary>
    public static Cable Lay()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "namespaces of the network need root: run the tests as root");
        return new Cable();
    }

    /// <summary>Opens what is closed with the cable.</summary>
    public T Open<T>(NetworkSpace space, Opener<T> open)
        where T : class, IDisposable
    {
        T? opened = space.Within(() =>
        {
            T? made = open(out int error);
            error.ShouldBe(0);
            return made;
        });
        return Keep(opened.ShouldNotBeNull());
    }

    public LinkTable OpenTable(NetworkSpace space) => Open(space, LinkTable.TryOpen);

    public RawIpSocket OpenRaw(NetworkSpace space, bool isIpv6, int protocol = 112) => Open(space, (out int error) =>
        RawIpSocket.TryOpen(isIpv6, protocol, space == Left ? LeftLink : RightLink, out error));

    /// <summary>Lays a second cable, with the networks 10.77.0.0/24 and fd77::/64.</summary>
    /// <returns>Its end at the right.</returns>
    public NetworkLink LayAnother()
    {
        Connect("more", "77");
        RunningLink(Left, "more");
        return RunningLink(Right, "more");
    }

    public void Dispose()
    {
        foreach (IDisposable open in Enumerable.Reverse(_open))
        {
            open.Dispose();
        }
    }

    private void Connect(string name, string network)
    {
        NetworkSpace.Run("link", "add", name, "netns", Left.Name, "type", "veth", "peer", "name", name, "netns", Right.Name);
        SetUp(Left, name, network, 1);
        SetUp(Right, name, network, 2);
    }

    private static void SetUp(NetworkSpace space, string name, string network, int number)
    {
        space.Ip($"link set {name} address 02:00:5e:10:00:0{number} mtu 1400 addrgenmode none");
        space.Ip($"address add 10.{network}.0.{number}/24 dev {name}");
        space.Ip($"address add fd{network}::{number}/64 dev {name} nodad");
        space.Ip($"address add fe80::{number}/64 dev {name} nodad");
        space.Ip($"link set {name} up");
    }

    private NetworkLink RunningLink(NetworkSpace space, string name)
    {
        LinkTable table = OpenTable(space);
        NetworkLink? link = null;
        Eventually.So(() => table.Find(name, out link) == 0 && link!.IsRunning);
        return link!;
    }

    private T Keep<T>(T open)
        where T : IDisposable
    {
        _open.Add(open);
        return open;
    }

    public delegate T? Opener<T>(out int error)
        where T : class;
}
