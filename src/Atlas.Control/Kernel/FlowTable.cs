using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Atlas.Core.Configuration;
using Atlas.Core.KernelForwarding;

namespace Atlas.Control.Kernel;

/// <summary>The kernel's table of flows (conntrack), as far as they were sent to servers by Atlas' rules. Established flows follow
/// their entry there, whatever rules say since; to end one is to delete its entry. Any thread.</summary>
/// <param name="programs">Runs <c>conntrack</c>.</param>
internal sealed class FlowTable(IProgramRunner programs)
{
    private const string Listing = "/proc/net/nf_conntrack";

    // TCP flows in these states have not begun, or are over: the kernel keeps them for packets that come late.
    private static readonly string[] NotOpen = ["SYN_SENT", "LAST_ACK", "TIME_WAIT", "CLOSE"];

    /// <summary>Whether entries can be deleted.</summary>
    internal bool CanDelete => programs.Has("conntrack");

    /// <summary>What the flows of a listener to a server are known by.</summary>
    internal static IEnumerable<FlowKey> KeysOf(ForwardedListener listener, ForwardedServer server) =>
        listener.Binds.Select(bind => new FlowKey(
            listener.Protocol == ListenerProtocol.Udp,
            BindAddress.IsAny(bind.Address) ? null : bind.Address,
            bind.Port,
            server.Ip,
            server.Port));

    /// <summary>Deletes the entries of flows. What comes for them later begins anew.</summary>
    internal void Delete(FlowKey key)
    {
        string[] asked = key.Asked is null ? [] : ["--orig-dst", key.Asked.ToString()];
        programs.Run("conntrack", [
            "-D",
            "-f", key.Server.AddressFamily == AddressFamily.InterNetworkV6 ? "ipv6" : "ipv4",
            "-p", key.IsUdp ? "udp" : "tcp",
            .. asked,
            "--orig-port-dst", Number(key.AskedPort),
            "--reply-src", key.Server.ToString(),
            "--reply-port-src", Number(key.ServerPort),
        ]);
    }

    /// <summary>Counts open flows. O(all flows of the host).</summary>
    /// <returns>How many there are of each kind that there is at least one of, once by the address that was asked for and once
    /// by any; null: the table cannot be read.</returns>
    internal Dictionary<FlowKey, int>? Count()
    {
        try
        {
            return Count(File.ReadLines(Listing));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            ProgramResult listed = programs.Run("conntrack", ["-L", "-o", "extended"]);
            return listed.IsDone ? Count(listed.Output.Split('\n')) : null;
        }
    }

    /// <summary>Counts open flows of a listing: <c>ipv4 2 tcp 6 117 ESTABLISHED src=… dst=… sport=… dport=… src=… dst=… …</c>,
    /// first as the client sent it, then as the server answers.</summary>
    internal static Dictionary<FlowKey, int> Count(IEnumerable<string> lines)
    {
        var counts = new Dictionary<FlowKey, int>();
        foreach (string line in lines)
        {
            if (TryParse(line, out FlowKey key))
            {
                FlowKey anywhere = key with { Asked = null };
                counts[key] = counts.GetValueOrDefault(key) + 1;
                counts[anywhere] = counts.GetValueOrDefault(anywhere) + 1;
            }
        }

        return counts;
    }

    private static bool TryParse(string line, out FlowKey key)
    {
        key = default;
        string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length < 8 || words[2] is not ("tcp" or "udp") || Array.Exists(NotOpen, state => state == words[5]))
        {
            return false;
        }

        string?[] asked = [Value(words, "dst=", 0), Value(words, "dport=", 0), Value(words, "src=", 1), Value(words, "sport=", 1)];
        if (IPAddress.TryParse(asked[0], out IPAddress? ip)
            && int.TryParse(asked[1], NumberStyles.None, CultureInfo.InvariantCulture, out int port)
            && IPAddress.TryParse(asked[2], out IPAddress? server)
            && int.TryParse(asked[3], NumberStyles.None, CultureInfo.InvariantCulture, out int serverPort))
        {
            key = new FlowKey(words[2] == "udp", ip, port, server, serverPort);
            return true;
        }

        return false;
    }

    private static string? Value(string[] words, string name, int which) =>
        words.Where(word => word.StartsWith(name, StringComparison.Ordinal)).Skip(which).FirstOrDefault()?[name.Length..];

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
