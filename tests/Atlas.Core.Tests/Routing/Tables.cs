using Atlas.Core.Configuration;
using Atlas.Core.Routing;

namespace Atlas.Core.Tests.Routing;

/// <summary>Tables and patterns as short as a test wants them.</summary>
internal static class Tables
{
    public static RouteTable Of(params MatchConfig[] matches) => RouteTable.Compile(matches);

    public static int Find(this RouteTable table, TestRequest request) => table.Find(request, new RouteScratch());

    public static int Find(this RouteTable table, TestRequest request, RouteScratch scratch) => table.Find(ref request, request.Path, scratch);

    public static HostPattern Host(string text) => text.StartsWith('*') ? new HostPattern(text[1..], true) : new HostPattern(text, false);

    public static PathPattern Path(string text) =>
        text.StartsWith('~') ? new PathPattern(PathPatternKind.Regex, text[1..])
        : text.EndsWith("/*", StringComparison.Ordinal) ? new PathPattern(PathPatternKind.Prefix, text[..^1])
        : new PathPattern(PathPatternKind.Exact, text);

    public static FieldMatch Field(string name, string value) => new(name, value switch
    {
        "*" => new ValuePattern(ValuePatternKind.Present, ""),
        "!" => new ValuePattern(ValuePatternKind.Absent, ""),
        ['~', ..] => new ValuePattern(ValuePatternKind.Regex, value[1..]),
        [.., '*'] => new ValuePattern(ValuePatternKind.Prefix, value[..^1]),
        _ => new ValuePattern(ValuePatternKind.Exact, value),
    });

    public static IpNetwork Network(string text) => IpNetwork.TryParse(text, out var network) ? network : throw new FormatException(text);
}
