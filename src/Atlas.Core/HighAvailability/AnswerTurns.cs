using Atlas.Core.Balancing;
using Atlas.Core.Configuration;
using Atlas.Core.RateLimiting;

namespace Atlas.Core.HighAvailability;

/// <summary>
/// The addresses of one name and family, in the order of a turn. Nodes come first in turns, as often as their weights say; the others
/// follow in their order, so that whoever takes the first address shares the load, and whoever cannot reach it has the rest.
/// <para>
/// Who is named goes by the name, and not by the family. Where nodes of the name live, with addresses of any family, it is those with a
/// weight, or the others where none has one: a family without them has no address, since clients of both families would take those of a
/// dead node else. Where no node of the name lives, it is all of the family with a weight, or all of it. A node may live though nobody
/// hears of it, as to a node that is cut off; a name without addresses would be wrong for sure, and resolvers would remember it.
/// </para>
/// Immutable.
/// </summary>
public sealed class AnswerTurns
{
    /// <summary>No address.</summary>
    public static readonly AnswerTurns Empty = new([], [], []);

    // Of each node in the answer, its addresses.
    private readonly byte[][][] _nodes;

    // Of each turn, until they repeat, the index of the node that comes first.
    private readonly int[] _firsts;

    private readonly string[] _names;

    private AnswerTurns(string[] names, byte[][][] nodes, int[] firsts)
    {
        _names = names;
        _nodes = nodes;
        _firsts = firsts;
        Count = nodes.Sum(node => node.Length);
    }

    /// <summary>How many addresses an answer has.</summary>
    public int Count { get; }

    /// <summary>The turns of a name. O(nodes × sum of their weights).</summary>
    /// <param name="nodes">The name's nodes.</param>
    /// <param name="isIPv6">The family: IPv6, or else IPv4.</param>
    /// <param name="isAlive">Whether the node of a name is thought to live.</param>
    public static AnswerTurns Of(IReadOnlyList<DnsNodeConfig> nodes, bool isIPv6, Func<string, bool> isAlive)
    {
        DnsNodeConfig[] living = [.. nodes.Where(node => node.Addresses.Count > 0 && isAlive(node.Node))];
        IReadOnlyList<DnsNodeConfig> candidates = living.Length > 0 ? WeightedOrAll(living, node => node.Weight) : nodes;
        var all = new List<(DnsNodeConfig Node, byte[][] Addresses)>();
        foreach (DnsNodeConfig node in candidates)
        {
            byte[][] addresses = [.. node.Addresses.Select(address => address.GetAddressBytes()).Where(bytes => bytes.Length == 4 != isIPv6)];
            if (addresses.Length > 0)
            {
                all.Add((node, addresses));
            }
        }

        (DnsNodeConfig Node, byte[][] Addresses)[] named = WeightedOrAll(all, one => one.Node.Weight);
        return named.Length == 0
            ? Empty
            : new AnswerTurns(
                [.. named.Select(one => one.Node.Node)],
                [.. named.Select(one => one.Addresses)],
                FirstsOf([.. named.Select(one => one.Node.Weight)]));
    }

    /// <summary>Whether answers have addresses of a node. O(nodes).</summary>
    public bool Names(string node) => _names.AsSpan().Contains(node);

    /// <summary>Puts the addresses of a turn into their order. O(addresses), allocates nothing.</summary>
    /// <param name="turn">Which; any number, one more each time.</param>
    /// <param name="destination">Takes <see cref="Count"/> addresses of 4 or 16 bytes, which must not be changed.</param>
    public void CopyTo(ulong turn, Span<byte[]> destination)
    {
        if (_nodes.Length == 0)
        {
            return;
        }

        int first = _firsts[turn % (ulong)_firsts.Length];
        ulong round = turn / (ulong)_firsts.Length;
        int at = 0;
        for (int i = 0; i < _nodes.Length; i++)
        {
            byte[][] addresses = _nodes[(first + i) % _nodes.Length];
            for (int j = 0; j < addresses.Length; j++)
            {
                destination[at++] = addresses[(int)((round + (ulong)j) % (ulong)addresses.Length)];
            }
        }
    }

    private static T[] WeightedOrAll<T>(IReadOnlyList<T> all, Func<T, int> weightOf)
    {
        T[] weighted = [.. all.Where(one => weightOf(one) > 0)];
        return weighted.Length > 0 ? weighted : [.. all];
    }

    private static int[] FirstsOf(List<int> weights)
    {
        int[] members = [.. Enumerable.Range(0, weights.Count)];
        int divisor = weights.Aggregate((a, b) => (int)Gcra.GreatestCommonDivisor(a, b));
        return divisor == 0 ? members : SmoothSequence.Of(members, [.. weights.Select(weight => weight / divisor)]);
    }
}
