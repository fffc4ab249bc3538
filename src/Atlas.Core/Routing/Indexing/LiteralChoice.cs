using Atlas.Core.Configuration;
using Atlas.Core.Routing.Expressions;

namespace Atlas.Core.Routing.Indexing;

/// <summary>
/// Chooses, of what stands in every text that an expression matches, what tells its route best from the others of a table: what
/// the fewest expressions have, and of equals the longest.
/// </summary>
internal sealed class LiteralChoice
{
    /// <summary>Of longer literals only the end is looked for: a bound on the size of a <see cref="LiteralSearch"/>.</summary>
    public const int MaxLength = 32;

    private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);

    /// <summary>Counts what the expressions of all routes have. O(length of all expressions).</summary>
    public LiteralChoice(RouteMatcher[] routes)
    {
        foreach (RouteMatcher route in routes)
        {
            foreach (PathMatcher path in route.Paths)
            {
                Count(path.Expression);
            }

            foreach (FieldMatcher field in route.Fields)
            {
                Count(field.Value.Expression);
            }
        }
    }

    /// <summary>Literals of which a path that one of a route's paths matches contains one; none: nothing is certain.</summary>
    public IReadOnlyCollection<string> OfPaths(RouteMatcher route)
    {
        List<string> all = [];
        foreach (PathMatcher path in route.Paths)
        {
            IReadOnlyCollection<string> literals = path.Kind == PathPatternKind.Regex ? Of(path.Expression!) : [Cut(RouteKeys.Text(path.Text))];
            if (literals.Count == 0)
            {
                return [];
            }

            all.AddRange(literals);
        }

        return all;
    }

    /// <summary>Literals of which a text that matches contains one; none: nothing is certain.</summary>
    public IReadOnlyCollection<string> Of(TextExpression expression)
    {
        List<string> all = [];
        foreach (string[] runs in expression.Literals)
        {
            if (runs.Length == 0)
            {
                return [];
            }

            all.Add(runs.Select(Cut).OrderBy(run => _counts[run]).ThenByDescending(run => run.Length).First());
        }

        return all;
    }

    private static string Cut(string run) => run[Math.Max(0, run.Length - MaxLength)..];

    private void Count(TextExpression? expression)
    {
        foreach (string[] runs in expression?.Literals ?? [])
        {
            foreach (string run in runs)
            {
                _counts[Cut(run)] = _counts.GetValueOrDefault(Cut(run)) + 1;
            }
        }
    }
}
