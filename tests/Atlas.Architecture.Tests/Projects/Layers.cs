namespace Atlas.Architecture.Tests.Projects;

/// <summary>Which project may reference which. Arrows point down only; what is not listed is forbidden.</summary>
public static class Layers
{
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["Atlas.Core"] = [],
        ["Atlas.Protocols"] = [],
        ["Atlas.Engine"] = [],
        ["Atlas.Proxy"] = ["Atlas.Core", "Atlas.Protocols", "Atlas.Engine"],
        ["Atlas.Control"] = ["Atlas.Core", "Atlas.Protocols"],
        ["Atlas.Admin"] = ["Atlas.Control"],
        ["Atlas"] = ["Atlas.Core", "Atlas.Protocols", "Atlas.Engine", "Atlas.Proxy", "Atlas.Control", "Atlas.Admin"],
    };

    /// <summary>The projects without I/O, clock, randomness and threads.</summary>
    public static IReadOnlyList<string> Pure { get; } = ["Atlas.Core", "Atlas.Protocols"];

    /// <summary>The only project with unsafe code and native calls.</summary>
    public const string Unsafe = "Atlas.Engine";

    public static bool Knows(string project) => Allowed.ContainsKey(project);

    /// <summary>What the project file may reference.</summary>
    public static IReadOnlyList<string> Below(string project) => Allowed[project];

    /// <summary>What the compiled assembly may use: what is below the project, and what is below that.</summary>
    public static IReadOnlySet<string> ReachableFrom(string project)
    {
        var reachable = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<string>(Below(project));
        while (open.TryPop(out var next))
        {
            if (reachable.Add(next))
            {
                foreach (var below in Below(next))
                {
                    open.Push(below);
                }
            }
        }

        return reachable;
    }
}
