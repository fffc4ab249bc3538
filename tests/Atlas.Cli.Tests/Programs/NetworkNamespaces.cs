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
    private const string Directory = "/run/netns";
    private const string Prefix = "atlas-test-";

    private static int _count;

    // Says whose they are.
    private readonly string _id = $"{Prefix}{Environment.ProcessId}-{Interlocked.Increment(ref _count)}";

    private NetworkNamespaces()
    {
    }

    public string Client => $"{_id}-client";

    public string Balancer => $"{_id}-balancer";

    public string Server => $"{_id}-server";

    /// <summary>Makes them; root may.</summary>
    public static async Task<NetworkNamespaces> CreateAsync()
    {
        await RemoveLeftAsync();
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
            if (File.Exists($"{Directory}/{host}"))
            {
                await Tool.RunAsync("ip", "netns", "delete", host);
            }
        }
    }

    /// <summary>Removes those of runs that were killed.</summary>
    private static async Task RemoveLeftAsync()
    {
        string[] left = System.IO.Directory.Exists(Directory) ? System.IO.Directory.GetFiles(Directory, Prefix + "*") : [];
        foreach (string host in left.Select(path => Path.GetFileName(path)))
        {
            if (!System.IO.Directory.Exists($"/proc/{host[Prefix.Length..].Split('-')[0]}"))
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
