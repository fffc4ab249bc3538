using Atlas.Architecture.Tests.Assemblies;
using Atlas.Architecture.Tests.Projects;

namespace Atlas.Architecture.Tests.Rules;

/// <summary>Unsafe code and native calls stand in one project, and every project can be compiled to native code.</summary>
public static class UnsafeRules
{
    public static IEnumerable<string> OnlyTheEngineDeclaresUnsafe(ProjectFile project)
    {
        if (project.AllowsUnsafe && !IsEngine(project.Name))
        {
            yield return $"{project.Path} sets AllowUnsafeBlocks: take it out and move the unsafe code to {Layers.Unsafe}.";
        }
    }

    public static IEnumerable<string> OnlyTheEngineIsCompiledUnsafe(CompiledAssembly assembly)
    {
        if (assembly.AllowsUnsafe && !IsEngine(assembly.Project))
        {
            yield return $"{assembly.Project} was compiled with unsafe blocks allowed: only {Layers.Unsafe} may be.";
        }
    }

    public static IEnumerable<string> OnlyTheEngineCallsNativeCode(CompiledAssembly assembly) =>
        IsEngine(assembly.Project)
            ? []
            : assembly.NativeCalls.Select(m => $"{assembly.Project} declares the native call {m}: move it to {Layers.Unsafe}.");

    public static IEnumerable<string> ProjectKeepsAot(ProjectFile project)
    {
        if (project.SwitchesAotOff)
        {
            yield return $"{project.Path} switches IsAotCompatible off: take that out; Directory.Build.props sets it for all.";
        }
    }

    public static IEnumerable<string> AssemblyIsAotCompatible(CompiledAssembly assembly)
    {
        if (!assembly.IsAotCompatible)
        {
            yield return $"{assembly.Project} was built without IsAotCompatible: Directory.Build.props must set it for src/.";
        }
    }

    private static bool IsEngine(string project) => string.Equals(project, Layers.Unsafe, StringComparison.Ordinal);
}
