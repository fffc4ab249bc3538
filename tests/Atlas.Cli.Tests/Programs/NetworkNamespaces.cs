using System.Diagnostics;

namespace Atlas.Cli.Tests.Programs;

/// <summary>
/// Three hosts, as network namespaces: the balancer has a network in common with the client and another with the server, whose
/// default route goes through the balancer.
/// <code>
///   client             balancer                            server
///   192.0.2.2    ----  192.0.2.1       198.51.100.1  ----  198.51.100.2
///   2001:db8:1::2      2001:db8:1::1   2001:db8:2::1       2001:db8:2::2
/// </code>
/// </summary>
public sealed class NetworkNamespaces : IAsyncDisposable
{
    private readonly string _id = Guid.NewGuid().ToString("N")[..8];

    private NetworkNamespaces()
    {
    }

    public string Client => $"atlas-{_id}-client";

    public string Balancer => $"atlas-{_id}-balancer";

    public string Server => $"atlas-{_id}-server";

    /// <summary>Makes them; root may.</summary>
    public static async Task<NetworkNamespaces> CreateAsync()
    {
        var namespaces = new NetworkNamespaces();
        try
        {
            await namespaces.SetUpAsync();
            return namespaces;
        }
        catch
        {
            await namespaces.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a program on one of them.</summary>
    public static RunningProgram Start(string host, params string[] words) =>
        RunningProgram.Start(new ProcessStartInfo("ip"), ["netns", "exec", host, .. words]);

    /// <summary>Runs a program on one of them, which must end with 0, and returns its output.</summary>
    public static Task<string> RunAsync(string host, params string[] words) =>
        Tool.RunAsync("ip", ["netns", "exec", host, .. words]);

    /// <summary>Removes them, with all that is in them.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (string host in new[] { Client, Balancer, Server })
        {
            if (File.Exists($"/run/netns/{host}"))
            {
                await Tool.RunAsync("ip", "netns", "delete", host);
            }
        }
    }

    private async Task SetUpAsync()
    {
        foreach (string host in new[] { Client, Balancer, Server })
        {
            await Tool.RunAsync("ip", "netns", "add", host);
            await Tool.RunAsync("ip", "-n", host, "link", "set", "lo", "up");
        }

        await ConnectAsync(Client, "192.0.2", "2001:db8:1:", "clients");
        await ConnectAsync(Server, "198.51.100", "2001:db8:2:", "servers");
        await Tool.RunAsync("ip", "-n", Server, "route", "add", "default", "via", "198.51.100.1");
        await Tool.RunAsync("ip", "-n", Server, "-6", "route", "add", "default", "via", "2001:db8:2::1");
    }

    /// <summary>Lays a cable from the balancer, which has the first address of the network there, to another, which has the
    /// second.</summary>
    private async Task ConnectAsync(string host, string ipv4, string ipv6, string link)
    {
        await Tool.RunAsync("ip", "link", "add", link, "netns", Balancer, "type", "veth", "peer", "name", "uplink", "netns", host);
        await UpAsync(Balancer, link, $"{ipv4}.1/24", $"{ipv6}:1/64");
        await UpAsync(host, "uplink", $"{ipv4}.2/24", $"{ipv6}:2/64");
    }

    private static async Task UpAsync(string host, string link, string ipv4, string ipv6)
    {
        await Tool.RunAsync("ip", "-n", host, "address", "add", ipv4, "dev", link);
        await Tool.RunAsync("ip", "-n", host, "address", "add", ipv6, "dev", link, "nodad");
        await Tool.RunAsync("ip", "-n", host, "link", "set", link, "up");
    }
}
