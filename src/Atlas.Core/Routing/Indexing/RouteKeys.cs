using System.Text;
using Atlas.Core.Configuration;

namespace Atlas.Core.Routing.Indexing;

/// <summary>
/// Which keys a request must have for a route to match, taken from one of its conditions: at least one of them. It says no more
/// than that; the route's conditions are compared in full after it was found by a key.
/// </summary>
/// <param name="Dimension">What a request looks for where it is divided by this.</param>
/// <param name="Keys">The keys, each a byte string as characters up to 255; none twice.</param>
/// <param name="PrefixLengths">The lengths of those of a field's keys with which its value only begins.</param>
internal sealed record RouteKeys(RouteDimension Dimension, string[] Keys, int[] PrefixLengths)
{
    /// <summary>Longer texts are no keys, so that what requests are cut and hashed for has a bound.</summary>
    public const int MaxLength = 1024;

    /// <summary>Longer hosts are no keys; names have at most 253 characters (RFC 1035 2.3.4).</summary>
    public const int MaxHostLength = 256;

    /// <summary>All conditions of a route that have keys. What also matches without one of them has none.</summary>
    /// <param name="route">The route.</param>
    /// <param name="literals">What all routes of the table have in their expressions.</param>
    public static List<RouteKeys> Of(RouteMatcher route, LiteralChoice literals)
    {
        List<RouteKeys> all = [];
        Add(all, RouteCondition.Host, [.. route.Hosts.ToArray().Select(host => Text(host.Name))], MaxHostLength);
        if (!Add(all, RouteCondition.Path, [.. route.Paths.ToArray().Select(PathKey)]))
        {
            Add(all, new RouteDimension(RouteCondition.Path, "", IsContained: true), literals.OfPaths(route));
        }

        Add(all, RouteCondition.Client, [.. route.Clients.ToArray().Select(network => Text(NetworkKeys.KeyOf(network)))]);
        Add(all, RouteCondition.Method, [.. route.Methods.ToArray().Select(method => Text(method))]);
        foreach (FieldMatcher field in route.Fields)
        {
            var dimension = new RouteDimension(RouteMatcher.ConditionOf(field.Source), Text(field.Name), IsContained: false);
            ValueMatcher value = field.Value;
            bool isPrefix = value.Kind is ValuePatternKind.Prefix or ValuePatternKind.Regex;
            bool hasKey = value.Kind == ValuePatternKind.Exact || (isPrefix && value.Text.Length > 0);
            if (hasKey && value.Text.Length <= MaxLength)
            {
                all.Add(new RouteKeys(dimension, [Text(value.Text)], isPrefix ? [value.Text.Length] : []));
            }
            else if (value.Expression is { } expression)
            {
                Add(all, dimension with { IsContained = true }, literals.Of(expression));
            }
        }

        // With two conditions on one field, one of them is enough.
        return [.. all.DistinctBy(keys => keys.Dimension)];
    }

    /// <summary>Bytes as characters.</summary>
    internal static string Text(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);

    private static bool Add(List<RouteKeys> all, RouteCondition condition, string[] keys, int maxLength = MaxLength)
    {
        bool haveAll = keys.Length > 0 && Array.TrueForAll(keys, key => key.Length is > 0 && key.Length <= maxLength);
        Add(all, new RouteDimension(condition, "", IsContained: false), haveAll ? keys : []);
        return haveAll;
    }

    private static void Add(List<RouteKeys> all, RouteDimension dimension, IReadOnlyCollection<string> keys)
    {
        if (keys.Count > 0)
        {
            all.Add(new RouteKeys(dimension, [.. keys.Distinct(StringComparer.Ordinal)], []));
        }
    }

    // Prefixes are whole segments, with a slash at the end. The root is no key, because every path begins with it.
    private static string PathKey(PathMatcher path)
    {
        string text = Text(path.Text);
        return path.Kind == PathPatternKind.Exact ? text : text[..(text.LastIndexOf('/') + 1)] is var prefix && prefix != "/" ? prefix : "";
    }
}
