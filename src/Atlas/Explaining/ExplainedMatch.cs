using System.Text;
using Atlas.Core.Configuration;
using Atlas.Core.Routing;

namespace Atlas.Explaining;

/// <summary>Says in words what a route's condition wanted.</summary>
internal static class ExplainedMatch
{
    /// <summary>The condition that a request does not meet.</summary>
    internal static string Reason(MatchConfig match, RouteVerdict verdict) => verdict.Failed switch
    {
        RouteCondition.Host => $"the host is not {Any(match.Hosts)}",
        RouteCondition.Path => $"the path is not {Any(match.Paths)}",
        RouteCondition.Method => $"the method is not {Any(match.Methods)}",
        RouteCondition.Client => $"the client is not in {Any(match.Clients)}",
        RouteCondition.Header => Field("header", match.Headers, verdict.Name),
        RouteCondition.Cookie => Field("cookie", match.Cookies, verdict.Name),
        RouteCondition.Query => Field("query parameter", match.Query, verdict.Name),
        RouteCondition.None or _ => "it matches",
    };

    /// <summary>The word of the configuration for an algorithm: its name with underscores.</summary>
    internal static string Word(BalanceAlgorithm algorithm)
    {
        var word = new StringBuilder();
        foreach (char c in algorithm.ToString())
        {
            word.Append(char.IsUpper(c) && word.Length > 0 ? "_" : "").Append(char.ToLowerInvariant(c));
        }

        return word.ToString();
    }

    private static string Field(string kind, ValueList<FieldMatch> fields, string name)
    {
        ValuePattern? wanted = fields.FirstOrDefault(field => field.Name == name)?.Value;
        return wanted?.Kind switch
        {
            ValuePatternKind.Absent => $"{kind} {name} is present",
            ValuePatternKind.Present => $"{kind} {name} is absent",
            ValuePatternKind.Exact or ValuePatternKind.Prefix or ValuePatternKind.Regex => $"{kind} {name} is not \"{wanted}\"",
            null or _ => $"{kind} {name}",
        };
    }

    private static string Any<T>(ValueList<T> values) => string.Join(" or ", values);
}
