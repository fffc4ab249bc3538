using Atlas.Cli.Tests.Kernel;
using Atlas.Cli.Tests.Programs;

namespace Atlas.Cli.Tests.HighAvailability;

/// <summary>What configurations of nodes with several virtual routers have in common.</summary>
public static class RoutedNode
{
    /// <summary>A node that answers with its name.</summary>
    /// <param name="name">The name.</param>
    /// <param name="routers">Its virtual routers.</param>
    /// <param name="more">Further sections.</param>
    public static string Text(string name, IEnumerable<string> routers, string more = "") =>
        $$"""
        listeners:
          web: { bind: 0.0.0.0:80, routes: [{ respond: { status: 200, body: "{{name}}" } }] }
        admin: { bind: 127.0.0.1:0 }
        {{more}}
        high_availability:
          node: {{name}}
          active_passive: [{{string.Join(", ", routers)}}]
        """;

    /// <summary>A virtual router with the address 10.88.0.<c>id</c>, and others. Its interval is long enough that a busy machine does not make
    /// a master of the other node.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="keys">Further keys.</param>
    /// <param name="more">The last bytes of further addresses.</param>
    public static string Router(int id, string keys, params int[] more) =>
        $"{{ interface: eth, router_id: {id}, addresses: [{string.Join(", ", more.Prepend(id).Select(last => $"10.88.0.{last}/24"))}], {keys} }}";

    /// <summary>Waits until one node has an address and the other does not.</summary>
    public static Task HasAsync(VirtualNode node, NetworkNamespace on, NetworkNamespace other, int last) => Wait.ForAsync(
        () => Has(on, last) && !Has(other, last), () => $"{on.Name} has not 10.88.0.{last} alone:\n{node.Program.Errors}");

    /// <summary>Whether a node has the address 10.88.0.<c>last</c>.</summary>
    public static bool Has(NetworkNamespace node, int last) => SharedNetwork.Has(node, $"10.88.0.{last}");
}
