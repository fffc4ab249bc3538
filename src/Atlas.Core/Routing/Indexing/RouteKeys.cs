using System.Text;
using Atlas.Core.Configuration;

namespace Atlas.Core.Routing.Indexing;

/// <summary>
/// Which keys a request must have for a route to match, taken from one of its conditions: at least one of them. It says no more
/// than that; the route's conditions are compared in full after it was found by a key.
/// </summary>
/// <param name="Condition">The condition.</param>
/// <param name="Name">The name of the header, in lower case, cookie or parameter; else empty.</param>
/// <param name="Keys">The keys, each a byte string as characters up to 255; none twice.</param>
/// <param name="PrefixLengths">The lengths of those of a field's keys with which its value only begins.</param>
internal sealed record RouteKeys(RouteCondition Condition, string Name, string[] Keys, int[] PrefixLengths)
{
    /// <summary>Longer texts are no keys, so that what requests are cut and hashed for has a bound.</summary>
    public const int MaxLength = 1024;

    /// <summary>Longer hosts are no keys; names have at most 253 characters (RFC 1035 2.3.4).</summary>
    public const int MaxHostLength = 256;

    /// <summary>What a request looks for where it is divided by this.</summary>
    public (RouteCondition Condition, string Name) Dimension => (Condition, Name);

    /// <summary>All conditions of a route that have keys. What also matches without one of them has none.</summary>
    public static List<RouteKeys> Of(RouteMatcher route)
    {
        List<RouteKeys> all = [];
        Add(all, RouteCondition.Host, [.. route.Hosts.ToArray().Select(host => Text(host.Name))], MaxHostLength);
        Add(all, RouteCondition.Path, [.. route.Paths.ToArray().Select(PathKey)]);
        Add(all, RouteCondition.Client, [.. route.Clients.ToArray().Select(network => Text(NetworkKeys.KeyOf(network)))]);
        Add(all, RouteCondition.Method, [.. route.Methods.ToArray().Select(method => Text(method))]);
        foreach (FieldMatcher field in route.Fields)
        {
            ValueMatcher value = field.Value;
            bool isPrefix = value.Kind is ValuePatternKind.Prefix or ValuePatternKind.Regex;
            bool hasKey = value.Kind == ValuePatternKind.Exact || (isPrefix && value.Text.Length > 0);
            if (hasKey && value.Text.Length <= MaxLength)
            {
                all.Add(new RouteKeys(
                    RouteMatcher.ConditionOf(field.Source), Text(field.Name), [Text(value.Text)], isPrefix ? [value.Text.Length] : []));
            }
        }

        // With two conditions on one field, one of them is enough.
        return [.. all.DistinctBy(keys => keys.Dimension)];
    }

    private static void Add(List<RouteKeys> all, RouteCondition condition, string[] keys, int maxLength = MaxLength)
    {
        if (keys.Length > 0 && Array.TrueForAll(keys, key => key.Length is > 0 && key.Length <= maxLength))
        {
            all.Add(new RouteKeys(condition, "", [.. keys.Distinct(StringComparer.Ordinal)], []));
        }
    }

    // Prefixes are whole segments, with a slash at the end. The root is no key, because every path begins with it.
    private static string PathKey(PathMatcher path)
    {
        string text = Text(path.Text);
        return path.Kind == PathPatternKind.Exact ? text : text[..(text.LastIndexOf('/') + 1)] is var prefix && prefix != "/" ? prefix : "";
    }

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);
}
