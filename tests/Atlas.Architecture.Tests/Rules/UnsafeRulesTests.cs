using Atlas.Architecture.Tests.Assemblies;
using Atlas.Architecture.Tests.Files;
using Atlas.Architecture.Tests.Projects;

namespace Atlas.Architecture.Tests.Rules;

public sealed class UnsafeRulesTests
{
    [Theory]
    [InlineData("Atlas.Core", 1)]
    [InlineData("Atlas.Proxy", 1)]
    [InlineData("Atlas.Engine", 0)]
    public void OnlyTheEngineDeclaresUnsafe_AllowUnsafeBlocks_IsForTheEngine(string project, int breaches) =>
        UnsafeRules.OnlyTheEngineDeclaresUnsafe(Project(project, "<AllowUnsafeBlocks>true</AllowUnsafeBlocks>"))
            .Count().ShouldBe(breaches);

    [Fact]
    public void OnlyTheEngineDeclaresUnsafe_SetToFalse_IsKept() =>
        UnsafeRules.OnlyTheEngineDeclaresUnsafe(Project("Atlas.Core", "<AllowUnsafeBlocks>false</AllowUnsafeBlocks>")).ShouldBeEmpty();

    [Theory]
    [InlineData("Atlas.Core", 1)]
    [InlineData("Atlas.Engine", 0)]
    public void OnlyTheEngineIsCompiledUnsafe_UnsafeAssembly_IsForTheEngine(string project, int breaches) =>
        UnsafeRules.OnlyTheEngineIsCompiledUnsafe(Assembly(project)).Count().ShouldBe(breaches);

    [Theory]
    [InlineData("Atlas.Control", 1)]
    [InlineData("Atlas.Engine", 0)]
    public void OnlyTheEngineCallsNativeCode_NativeCall_IsForTheEngine(string project, int breaches) =>
        UnsafeRules.OnlyTheEngineCallsNativeCode(Assembly(project)).Count().ShouldBe(breaches);

    [Theory]
    [InlineData("<IsAotCompatible>false</IsAotCompatible>", 1)]
    [InlineData("<IsAotCompatible>true</IsAotCompatible>", 0)]
    [InlineData("", 0)]
    public void ProjectKeepsAot_Setting_MayNotBeFalse(string setting, int breaches) =>
        UnsafeRules.ProjectKeepsAot(Project("Atlas.Core", setting)).Count().ShouldBe(breaches);

    [Fact]
    public void AssemblyIsAotCompatible_AssemblyWithoutIt_IsNamed() =>
        UnsafeRules.AssemblyIsAotCompatible(Assembly("Atlas.Core")).ShouldHaveSingleItem().ShouldStartWith("Atlas.Core was built without");

    private static ProjectFile Project(string name, string setting) => ProjectFile.Parse(new SourceFile(
        $"src/{name}/{name}.csproj", $"<Project><PropertyGroup>{setting}</PropertyGroup></Project>"));

    private static CompiledAssembly Assembly(string project) =>
        new(project, [], [], [], [], NativeCalls: ["Atlas.Libc.getpid"], AllowsUnsafe: true, IsAotCompatible: false);
}
