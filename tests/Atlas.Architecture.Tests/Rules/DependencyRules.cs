using Atlas.Architecture.Tests.Assemblies;
using Atlas.Architecture.Tests.Projects;

namespace Atlas.Architecture.Tests.Rules;

/// <summary>The direction of dependencies. Each rule returns one message for each breach, which says what to change.</summary>
public static class DependencyRules
{
    public static IEnumerable<string> ProjectIsInTheTable(ProjectFile project)
    {
        if (!Layers.Knows(project.Name))
        {
            yield return $"{project.Path} is in no layer: add it to Layers.cs and to the parts in ARCHITECTURE.md.";
        }
    }

    public static IEnumerable<string> ProjectReferencesPointDown(ProjectFile project) =>
        project.References
            .Where(r => Layers.Knows(project.Name) && !Layers.Below(project.Name).Contains(r))
            .Select(r => $"{project.Path} references {r}; it may reference {List(Layers.Below(project.Name))}. "
                + "Move what is needed down, or hand it in from above.");

    public static IEnumerable<string> UsedAssembliesPointDown(CompiledAssembly assembly) =>
        assembly.References
            .Where(r => Layers.Knows(r) && Layers.Knows(assembly.Project) && !Layers.ReachableFrom(assembly.Project).Contains(r))
            .Select(r => $"{assembly.Project} uses types of {r}; it may use {List(Layers.ReachableFrom(assembly.Project))}. "
                + "Move what is needed down, or hand it in from above.");

    public static IEnumerable<string> PureProjectUsesNothingBanned(CompiledAssembly assembly, IEnumerable<BannedSymbol> banned) =>
        from symbol in banned
        where Layers.Pure.Contains(assembly.Project)
        from use in symbol.UsesIn(assembly)
        select $"{assembly.Project} uses {use}. {symbol.Reason}.";

    private static string List(IEnumerable<string> names) => string.Join(", ", names) is { Length: > 0 } list ? list : "no other project";
}
