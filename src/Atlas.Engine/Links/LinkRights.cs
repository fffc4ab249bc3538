using Atlas.Engine.Interop;
using static Atlas.Engine.Interop.LinkConstants;

namespace Atlas.Engine.Links;

/// <summary>Whether this thread may do what raw links need. Found out by trying, since containers and units take rights away in more
/// ways than capabilities tell of.</summary>
public static class LinkRights
{
    // What a unit of systemd grants the rights with.
    private const string Grant = "run it as root, or write AmbientCapabilities=CAP_NET_ADMIN CAP_NET_RAW in its systemd unit, and the "
        + "same in CapabilityBoundingSet= where that is there" + Restart;

    // The kernel gives rights to a process when its program starts, and those that it starts have no more.
    private const string Restart = ", then restart it: a reload and an upgrade keep the rights that it has";

    // Any that no other socket has.
    private const int AnyProtocol = 112;

    /// <summary>Tries to open a raw and a packet socket (CAP_NET_RAW).</summary>
    /// <returns>0, or a negative error number.</returns>
    public static int TryNetRaw()
    {
        LinkDescriptor.TryOpen(LinuxConstants.AF_INET, SOCK_RAW, AnyProtocol, out int error)?.Close();
        if (error == 0)
        {
            LinkDescriptor.TryOpen(AF_PACKET, SOCK_RAW, 0, out error)?.Close();
        }

        return -error;
    }

    /// <summary>Tries a change of addresses that can't be (CAP_NET_ADMIN), of the network namespace that the thread is in.</summary>
    /// <returns>0, or a negative error number.</returns>
    public static int TryNetAdmin()
    {
        using var table = LinkTable.TryOpen(out int error);
        return table?.TryChange() ?? -error;
    }

    /// <summary>Says what is missing and how to grant it; null: all is there.</summary>
    public static string? FindMissing()
    {
        int admin = TryNetAdmin();
        if (admin < 0)
        {
            return "cannot add addresses to network interfaces: " + Text(admin);
        }

        int raw = TryNetRaw();
        return raw < 0 ? "cannot open raw sockets: " + Text(raw) : null;
    }

    /// <summary>The text of an error number of this namespace's calls: where a right is missing, with what to grant.</summary>
    public static string Text(int error) => Math.Abs(error) switch
    {
        Errno.EPERM => $"{Errno.Text(error)}: this needs the capabilities CAP_NET_ADMIN and CAP_NET_RAW: {Grant}",
        Errno.EAFNOSUPPORT =>
            $"{Errno.Text(error)}: the kernel lacks the family, or RestrictAddressFamilies= of the systemd unit leaves out "
            + "AF_PACKET or AF_NETLINK: add them there" + Restart,
        _ => Errno.Text(error),
    };
}
