using System.Text;

namespace Atlas.Core.Routing.Indexing;

/// <summary>
/// Divides routes into small sets, again and again by the condition that spares a request the most comparisons, in the manner
/// of decision trees for packets (Gupta and McKeown 1999, "Packet Classification using Hierarchical Intelligent Cuttings").
/// </summary>
internal sealed class RouteIndexBuilder
{
    /// <summary>
    /// So many routes are compared one after the other: a comparison costs about as much as a look into a table.
    /// </summary>
    public const int MaxCompared = 8;

    // A condition must spare so many comparisons to be worth a look into a table.
    private const int MinSpared = 8;

    // So many conditions on the way to a set, those included that only left routes over: a bound on recursion.
    private const int MaxConditions = 32;

    /// <summary>Prefixes of different lengths that a value is cut to and looked up with.</summary>
    public const int MaxPrefixLengths = 8;

    private readonly List<RouteKeys>[] _keys;

    // A route with several keys stands in several sets. So many more places than routes are given out; then routes with several
    // keys stay where they are.
    private int _spare;

    private RouteIndexBuilder(RouteMatcher[] routes)
    {
        var literals = new LiteralChoice(routes);
        _keys = [.. routes.Select(route => RouteKeys.Of(route, literals))];
        _spare = 65_536 + (16 * routes.Length);
    }

    /// <summary>The index of these routes; null if there are none.</summary>
    public static RouteNode? Build(RouteMatcher[] routes) =>
        routes.Length == 0 ? null : new RouteIndexBuilder(routes).Divide([.. Enumerable.Range(0, routes.Length)], []);

    // Used holds what the routes were divided by already.
    private RouteNode Divide(List<int> routes, HashSet<RouteDimension> used)
    {
        RouteDimension best = used.Count < MaxConditions && routes.Count > MaxCompared ? MostSparing(routes, used) : default;
        if (best.Condition == RouteCondition.None)
        {
            return new RouteNode { First = routes[0], Routes = [.. routes] };
        }

        var sets = new OrderedDictionary<string, List<int>>(StringComparer.Ordinal);
        var lengths = new SortedSet<int>();
        List<int> placed = [];
        List<int> rest = [];
        foreach (int route in routes)
        {
            if (KeysOf(route, best) is { } keys && Place(keys, lengths))
            {
                placed.Add(route);
                foreach (string key in keys.Keys)
                {
                    (sets.TryGetValue(key, out var set) ? set : sets[key] = []).Add(route);
                }
            }
            else
            {
                rest.Add(route);
            }
        }

        HashSet<RouteDimension> usedBelow = [.. used, best];
        byte[][] texts = [.. sets.Keys.Select(Encoding.Latin1.GetBytes)];
        return new RouteNode
        {
            First = routes[0],
            By = best.Condition,
            Name = Encoding.Latin1.GetBytes(best.Name),
            Routes = best.Condition is RouteCondition.Header or RouteCondition.Cookie or RouteCondition.Query ? [.. placed] : [],
            Literals = best.IsContained ? new LiteralSearch(texts) : null,
            Keys = best.IsContained ? KeyTable.Empty : new KeyTable(texts),
            Children = [.. sets.Values.Select(set => Divide(set, usedBelow))],
            PrefixLengths = [.. lengths],
            Networks = best.Condition == RouteCondition.Client ? new NetworkKeys(texts) : null,
            Rest = rest.Count == 0 ? null : Divide(rest, usedBelow),
        };
    }

    // Whether a route finds places at its keys.
    private bool Place(RouteKeys keys, SortedSet<int> lengths)
    {
        int more = keys.Keys.Length - 1;
        if (more > _spare || keys.PrefixLengths.Count(length => !lengths.Contains(length)) + lengths.Count > MaxPrefixLengths)
        {
            return false;
        }

        _spare -= more;
        lengths.UnionWith(keys.PrefixLengths);
        return true;
    }

    private RouteKeys? KeysOf(int route, RouteDimension dimension) =>
        _keys[route].Find(keys => keys.Dimension == dimension);

    // A request is spared the routes that have keys but not its own: at worst all but those of the most frequent key. Of equals
    // the first condition is the cheapest to look up.
    private RouteDimension MostSparing(List<int> routes, HashSet<RouteDimension> used)
    {
        var frequencies = new Dictionary<RouteDimension, Frequency>();
        foreach (int route in routes)
        {
            foreach (RouteKeys keys in _keys[route].Where(keys => !used.Contains(keys.Dimension)))
            {
                (frequencies.TryGetValue(keys.Dimension, out var found) ? found : frequencies[keys.Dimension] = new()).Add(keys);
            }
        }

        var best = frequencies
            .Where(entry => entry.Value.Spared >= MinSpared)
            .OrderByDescending(entry => entry.Value.Spared)
            .ThenBy(entry => entry.Key.IsContained)
            .ThenBy(entry => entry.Key.Condition)
            .ThenBy(entry => entry.Key.Name, StringComparer.Ordinal);
        return best.Select(entry => entry.Key).FirstOrDefault();
    }

    // How often the keys of one condition occur.
    private sealed class Frequency
    {
        private readonly Dictionary<string, int> _ofKey = new(StringComparer.Ordinal);
        private int _routes;
        private int _most;

        public int Spared => _routes - _most;

        public void Add(RouteKeys keys)
        {
            _routes++;
            foreach (string key in keys.Keys)
            {
                _ofKey[key] = _ofKey.GetValueOrDefault(key) + 1;
                _most = Math.Max(_most, _ofKey[key]);
            }
        }
    }
}
