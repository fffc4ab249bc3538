using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Atlas.Core.Configuration;

namespace Atlas.Control.Kernel;

/// <summary>What mode kernel needs of the host. Atlas sets none of it: it is the operator's, and holds for all traffic.</summary>
/// <param name="programs">Finds programs.</param>
/// <param name="proc">Where the kernel shows its settings.</param>
public sealed class KernelHost(IProgramRunner programs, string proc = "/proc")
{
    // Of CAP_NET_ADMIN (capabilities(7)).
    private const int NetAdminBit = 12;

    /// <summary>Whether the kernel's rules can be changed: there is <c>nft</c>, and this process may use it.</summary>
    public bool CanWriteRules => programs.Has("nft") && MayAdminister();

    /// <summary>Why nothing at all could be forwarded; null: nothing is known to be missing.</summary>
    /// <param name="listeners">The listeners, at least one.</param>
    public string? Missing(IReadOnlyList<KernelListener> listeners)
    {
        string listener = listeners[0].Config.Name;
        return !programs.Has("nft")
            ? $"listener {listener}: mode kernel needs the program nft: install nftables (Debian: apt-get install nftables), or write mode: user"
            : !MayAdminister()
            ? $"listener {listener}: mode kernel needs root or CAP_NET_ADMIN, to write nftables: start Atlas as root, or with "
                + "AmbientCapabilities=CAP_NET_ADMIN in its systemd unit (a reload and an upgrade keep the rights that it has), or write "
                + "mode: user"
            : null;
    }

    /// <summary>What keeps some of the traffic from being forwarded, a sentence each.</summary>
    public IEnumerable<string> Warnings(IReadOnlyList<KernelListener> listeners)
    {
        var own = new Lazy<HashSet<IPAddress>>(OwnAddresses);
        foreach (KernelListener listener in listeners)
        {
            // Nobody but this host itself can ask for a loopback address.
            if (listener.Config.Bind.All(bind => bind.IsLoopback))
            {
                continue;
            }

            IPAddress[] servers = [.. listener.Pool.Servers.Select(server => server.Address!.Ip!)];
            bool isIpv6 = servers[0].AddressFamily == AddressFamily.InterNetworkV6;
            if (servers.FirstOrDefault(ip => !IPAddress.IsLoopback(ip) && !own.Value.Contains(ip)) is { } far
                && !IsSet(isIpv6 ? "ipv6" : "ipv4", "forwarding"))
            {
                string key = isIpv6 ? "net.ipv6.conf.all.forwarding" : "net.ipv4.ip_forward";
                yield return $"listener {listener.Config.Name}: {key} is 0, so the kernel forwards nothing from other hosts to {far}: "
                    + $"sysctl -w {key}=1";
            }

            if (servers.FirstOrDefault(IPAddress.IsLoopback) is { } loopback && (isIpv6 || !IsSet("ipv4", "route_localnet")))
            {
                yield return $"listener {listener.Config.Name}: the kernel lets only this host itself reach {loopback}: "
                    + (isIpv6 ? "use another address of it" : "use another address of it, or sysctl -w net.ipv4.conf.all.route_localnet=1");
            }
        }

        if (!programs.Has("conntrack") && listeners.FirstOrDefault(EndsFlows) is { } first)
        {
            yield return $"listener {first.Config.Name}: without the program conntrack, clients that keep sending stay at a server that is "
                + "down: install conntrack (Debian: apt-get install conntrack)";
        }
    }

    private static bool EndsFlows(KernelListener listener) =>
        listener.Config.Protocol == ListenerProtocol.Udp || listener.Pool.ClosesOnServerDown;

    private static HashSet<IPAddress> OwnAddresses() =>
    [
        .. NetworkInterface.GetAllNetworkInterfaces()
            .SelectMany(adapter => adapter.GetIPProperties().UnicastAddresses)
            .Select(address => new IPAddress(address.Address.GetAddressBytes())),
    ];

    /// <summary>Whether a setting is on for any interface, or for all.</summary>
    private bool IsSet(string family, string setting)
    {
        try
        {
            return Directory.EnumerateDirectories(Path.Combine(proc, "sys/net", family, "conf"))
                .Any(adapter => File.ReadAllText(Path.Combine(adapter, setting)).Trim() == "1");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Where it cannot be seen nothing is claimed.
            return true;
        }
    }

    private bool MayAdminister()
    {
        const string line = "CapEff:";
        string? effective = File.ReadLines(Path.Combine(proc, "self/status")).FirstOrDefault(text => text.StartsWith(line, StringComparison.Ordinal));
        return effective is null
            || !ulong.TryParse(effective[line.Length..].Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong bits)
            || (bits & (1UL << NetAdminBit)) != 0;
    }
}
