using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Atlas.Core.Configuration;
using Atlas.Core.KernelForwarding;

namespace Atlas.Control.Kernel;

/// <summary>
/// Listeners as the rules of Atlas' own table of family inet. Immutable.
/// <code>
///   nat     prerouting, output   by address and port to for/LISTENER, there by slot to to/LISTENER/SERVER: counts the flow,
///                                and dnat
///   nat     postrouting          masquerade, where clients are hidden
///   filter  after dnat           counts packets by listener and server; refuses new flows that no server took
/// </code>
/// The kernel asks chains of type nat for the first packet of a flow only; the rest follows its entry of conntrack.
/// </summary>
internal sealed class NftRuleset
{
    // After the translation of destinations at -100.
    private const int CountPriority = -90;

    // "atla" in ASCII. To change it moves every client to another server.
    private const uint HashSeed = 0x61_74_6C_61;

    private readonly StringBuilder _text = new();
    private readonly List<string> _chains = [];
    private readonly List<string> _counters = [];

    internal NftRuleset(IReadOnlyList<ForwardedListener> listeners)
    {
        Listeners = listeners;
        foreach (ForwardedListener listener in listeners)
        {
            WriteServers(listener);
            WriteChoice(listener);
            Chain(NftNames.Refuse(listener.Name), [
                $"counter name \"{Counter(NftNames.Refused(listener.Name))}\"",
                listener.Protocol == ListenerProtocol.Tcp ? "reject with tcp reset" : "reject",
            ]);
        }

        NftAddresses[] groups = [.. NftAddresses.Of(listeners)];
        Chain("flow/pick", [.. groups.Select(group => group.GoTo(NftNames.Listener))]);
        Chain("flow/refuse", [.. groups.Select(group => group.GoTo(NftNames.Refuse))]);
        Chain("flow/count-in", [.. groups.Select(group => group.Count(NftNames.In))]);
        Chain("flow/count-out", [.. groups.Select(group => group.Count(NftNames.Out))]);
        Chain("hook/nat-prerouting", ["type nat hook prerouting priority -100; policy accept;", "jump flow/pick"]);
        Chain("hook/nat-output", ["type nat hook output priority -100; policy accept;", "jump flow/pick"]);
        Chain("hook/nat-postrouting", ["type nat hook postrouting priority 100; policy accept;", .. groups.SelectMany(group => group.Hide())]);

        // What this host sends to itself was counted, and refused, when it was sent.
        Chain("hook/count-prerouting", [Filter("prerouting"), "iif \"lo\" return", .. CountRules]);
        Chain("hook/count-output", [Filter("output"), .. CountRules]);
        Rules = _text.ToString();
    }

    /// <summary>What the rules are made of.</summary>
    internal IReadOnlyList<ForwardedListener> Listeners { get; }

    /// <summary>The chains with their rules, as nft reads them: the same for the same listeners.</summary>
    internal string Rules { get; }

    /// <summary>The names of its counters.</summary>
    internal IReadOnlyList<string> Counters => _counters;

    private static string[] CountRules { get; } =
    [
        "ct status dnat ct direction original goto flow/count-in",
        "ct status dnat ct direction reply goto flow/count-out",
        "ct state new jump flow/refuse",
    ];

    /// <summary>The commands that make the table anew, whatever was there.</summary>
    /// <param name="table">Its name.</param>
    /// <param name="comment">Its comment: printable, without quotes, at most 128 characters.</param>
    internal string Fresh(string table, string comment) =>
        $"add table inet {table}\ndelete table inet {table}\ntable inet {table} {{\n\tcomment \"{comment}\"\n{Declared(_counters)}{Rules}}}\n";

    /// <summary>The commands that put these rules in the place of others and leave the counters as they are. Fails, and changes
    /// nothing, where the table is not as it was written.</summary>
    /// <param name="table">The table's name.</param>
    /// <param name="before">The rules that it has.</param>
    internal string Replacing(string table, NftRuleset before)
    {
        var text = new StringBuilder($"flush table inet {table}\n");
        foreach (string chain in before._chains.Except(_chains, StringComparer.Ordinal))
        {
            text.Append(CultureInfo.InvariantCulture, $"delete chain inet {table} {chain}\n");
        }

        foreach (string counter in before._counters.Except(_counters, StringComparer.Ordinal))
        {
            text.Append(CultureInfo.InvariantCulture, $"delete counter inet {table} {counter}\n");
        }

        string added = Declared(_counters.Except(before._counters, StringComparer.Ordinal));
        return text.Append(CultureInfo.InvariantCulture, $"table inet {table} {{\n{added}{Rules}}}\n").ToString();
    }

    private static string Filter(string hook) =>
        string.Create(CultureInfo.InvariantCulture, $"type filter hook {hook} priority {CountPriority}; policy accept;");

    private static string Declared(IEnumerable<string> counters) =>
        string.Concat(counters.Select(counter => $"\tcounter {counter} {{ }}\n"));

    private void WriteServers(ForwardedListener listener)
    {
        foreach (ForwardedServer server in listener.Servers)
        {
            bool isIpv6 = server.Ip.AddressFamily == AddressFamily.InterNetworkV6;
            Counter(NftNames.In(listener.Name, server.Name));
            Counter(NftNames.Out(listener.Name, server.Name));
            string target = string.Create(
                CultureInfo.InvariantCulture, $"{(isIpv6 ? "ip6" : "ip")} to {(isIpv6 ? $"[{server.Ip}]" : server.Ip)}:{server.Port}");
            Chain(NftNames.Server(listener.Name, server.Name), [
                $"counter name \"{Counter(NftNames.Flows(listener.Name, server.Name))}\"",
                $"meta l4proto {NftAddresses.Word(listener.Protocol)} dnat {target}",
            ]);
        }
    }

    private void WriteChoice(ForwardedListener listener)
    {
        FlowSlots slots = listener.Slots;
        string choice = slots.Choice switch
        {
            FlowChoice.InTurn => "numgen inc",
            FlowChoice.AtRandom => "numgen random",
            FlowChoice.ByClient => $"jhash {ClientOf(listener)}",
            _ => throw new InvalidOperationException("unknown choice"),
        };
        string seed = slots.Choice == FlowChoice.ByClient ? string.Create(CultureInfo.InvariantCulture, $" seed 0x{HashSeed:x}") : "";
        string Target(SlotRun run) => "goto " + NftNames.Server(listener.Name, listener.Servers[run.Server].Name);
        string elements = string.Join(", ", slots.Runs.Select(run => string.Create(
            CultureInfo.InvariantCulture,
            $"{(run.First == run.Last ? $"{run.First}" : $"{run.First}-{run.Last}")} : {Target(run)}")));
        Chain(NftNames.Listener(listener.Name), slots.Runs.Count switch
        {
            0 => [],
            1 => [Target(slots.Runs[0])],
            _ => [string.Create(CultureInfo.InvariantCulture, $"{choice} mod {slots.Size}{seed} vmap {{ {elements} }}")],
        });
    }

    // The source's address begins 64 bits into the header of IPv6 (RFC 8200 3).
    private static string ClientOf(ForwardedListener listener) =>
        listener.Binds[0].AddressFamily == AddressFamily.InterNetwork ? "ip saddr"
        : listener.HashIpv6PrefixBits == 128 ? "ip6 saddr"
        : string.Create(CultureInfo.InvariantCulture, $"@nh,64,{listener.HashIpv6PrefixBits}");

    private string Counter(string name)
    {
        _counters.Add(name);
        return name;
    }

    private void Chain(string name, IReadOnlyList<string> lines)
    {
        _chains.Add(name);
        _text.Append(CultureInfo.InvariantCulture, $"\tchain {name} {{\n");
        foreach (string line in lines)
        {
            _text.Append("\t\t").Append(line).Append('\n');
        }

        _text.Append("\t}\n");
    }
}
