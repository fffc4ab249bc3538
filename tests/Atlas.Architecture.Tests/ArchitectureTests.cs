using Atlas.Architecture.Tests.Assemblies;
using Atlas.Architecture.Tests.Files;
using Atlas.Architecture.Tests.Projects;
using Atlas.Architecture.Tests.Rules;

namespace Atlas.Architecture.Tests;

/// <summary>The rules, applied to this repository.</summary>
public sealed class ArchitectureTests
{
    [Fact]
    public void Repository_ProductIsFound_SoThatTheRulesHaveSomethingToRead()
    {
        ProjectFile.Product.Count.ShouldBeGreaterThanOrEqualTo(7);
        CompiledAssembly.Product.Count.ShouldBe(ProjectFile.Product.Count);
        Repository.ProductCode.ShouldNotBeEmpty();
        BannedSymbol.Pure.ShouldNotBeEmpty();
    }

    [Fact]
    public void Projects_All_AreInTheTableOfLayers() => Keeps(ProjectFile.Product, DependencyRules.ProjectIsInTheTable);

    [Fact]
    public void Projects_References_PointDown() => Keeps(ProjectFile.Product, DependencyRules.ProjectReferencesPointDown);

    [Fact]
    public void Assemblies_UsedAssemblies_PointDown() => Keeps(CompiledAssembly.Product, DependencyRules.UsedAssembliesPointDown);

    [Fact]
    public void Assemblies_PureProjects_UseNoIoClockRandomnessOrThread() =>
        Keeps(CompiledAssembly.Product, a => DependencyRules.PureProjectUsesNothingBanned(a, BannedSymbol.Pure));

    [Fact]
    public void Projects_OnlyTheEngine_DeclaresUnsafe() => Keeps(ProjectFile.Product, UnsafeRules.OnlyTheEngineDeclaresUnsafe);

    [Fact]
    public void Assemblies_OnlyTheEngine_IsCompiledUnsafe() => Keeps(CompiledAssembly.Product, UnsafeRules.OnlyTheEngineIsCompiledUnsafe);

    [Fact]
    public void Assemblies_OnlyTheEngine_CallsNativeCode() => Keeps(CompiledAssembly.Product, UnsafeRules.OnlyTheEngineCallsNativeCode);

    [Fact]
    public void Projects_None_SwitchesAotOff() => Keeps(ProjectFile.Product, UnsafeRules.ProjectKeepsAot);

    [Fact]
    public void Assemblies_All_AreAotCompatible() => Keeps(CompiledAssembly.Product, UnsafeRules.AssemblyIsAotCompatible);

    [Fact]
    public void Types_Names_SaySomething() => Keeps(CompiledAssembly.Product, a => StyleRules.NamesSaySomething(a.Types));

    [Fact]
    public void Files_Product_AreShort() => Keeps(Repository.ProductCode, StyleRules.FileIsShort);

    [Fact]
    public void Files_Product_HaveShortLines() => Keeps(Repository.ProductCode, StyleRules.LinesAreShort);

    [Fact]
    public void Files_Product_HaveNoRegions() => Keeps(Repository.ProductCode, StyleRules.NoRegions);

    [Fact]
    public void Files_Product_HaveOnePublicTypeNamedAfterThem() => Keeps(Repository.ProductCode, StyleRules.OnePublicTypeNamedAfterTheFile);

    [Fact]
    public void Files_Code_LeaveNothingOpen() =>
        Keeps(Repository.Files.Where(f => f.HasExtension(".cs", ".ts", ".tsx")), StyleRules.NothingIsLeftOpen);

    [Fact]
    public void Files_All_NameNoPathOfAMachine() => Keeps(Repository.Files, StyleRules.NoPathOfAMachine);

    [Fact]
    public void Files_All_HaveNoMergeConflict() => Keeps(Repository.Files, StyleRules.NoMergeConflict);

    private static void Keeps<T>(IEnumerable<T> subjects, Func<T, IEnumerable<string>> rule)
    {
        var breaches = subjects.SelectMany(rule).ToList();
        Assert.True(breaches.Count == 0, string.Join('\n', breaches));
    }
}
